//! WAV: chunks, of which three are the sound.

use std::fs::File;
use std::io::{BufWriter, Seek as _, SeekFrom, Write as _};

use super::SoundError;
use super::input::Input;

/// The form of the sound, how long it is, and the sound.
const SOUND: [&[u8; 4]; 3] = [b"fmt ", b"fact", b"data"];
/// Longer than any description of a form of sound.
const LONGEST_FORM: u64 = 256;
const MOST_CHUNKS: usize = 1_000;

/// Copies the chunks of the sound alone.
pub(super) fn copy(from: File, file: &mut File) -> Result<(), SoundError> {
    let mut from = Input::new(from);
    let mut to = BufWriter::new(&mut *file);
    from.skip(12)?;
    // The length comes last.
    to.write_all(b"RIFF\0\0\0\0WAVE")?;
    let mut length = 4_u64;
    let (mut form, mut sound) = (false, false);
    for _ in 0..MOST_CHUNKS {
        let head =
            from.see(8)?.split_first_chunk::<4>().map(|(name, length)| (*name, <[u8; 4]>::try_from(length)));
        let Some((name, Ok(length_said))) = head else { break };
        let said = u64::from(u32::from_le_bytes(length_said));
        from.skip(8)?;
        let wanted = SOUND.contains(&&name) && !sound && (form || &name == b"fmt ");
        if !wanted {
            from.skip(said + said % 2)?;
            continue;
        }
        if &name != b"data" && said > LONGEST_FORM {
            return Err(SoundError::Unreadable);
        }
        to.write_all(&name)?;
        let place = 8 + length + 4;
        to.write_all(&length_said)?;
        let copied = from.copy(said, &mut to)?;
        form = true;
        length += 8 + copied + copied % 2;
        if copied % 2 == 1 {
            to.write_all(&[0])?;
            from.skip(1)?;
        }
        if &name == b"data" {
            sound = copied > 0;
            if copied < said {
                // A recorder that was switched off didn't write how long it became.
                correct(&mut to, place, copied)?;
                break;
            }
        } else if copied < said {
            return Err(SoundError::Unreadable);
        }
    }
    if !sound {
        return Err(SoundError::NotSound);
    }
    correct(&mut to, 4, length)?;
    Ok(to.flush()?)
}

/// Writes a length at its place, and goes on at the end.
fn correct(to: &mut BufWriter<&mut File>, place: u64, length: u64) -> Result<(), SoundError> {
    to.seek(SeekFrom::Start(place))?;
    to.write_all(&u32::try_from(length).map_err(|_| SoundError::Unreadable)?.to_le_bytes())?;
    to.seek(SeekFrom::End(0))?;
    Ok(())
}
