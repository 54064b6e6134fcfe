//! PDF is written anew: what is reached from its pages, without what its authors' programs wrote down
//! beside it (names, dates, earlier versions), and without what does something by itself.

mod pictures;
pub mod process;

use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId, Stream};

/// How much each compressed part of its structure may unpack to. What the pages show stays packed.
const MOST_UNPACKED: usize = 64 << 20;
/// Objects of a document: far more than one of the size that is taken has.
const MOST_OBJECTS: usize = 500_000;

/// It can't be read: broken, encrypted, or without a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it can't be read")]
pub struct Unreadable;

impl From<lopdf::Error> for Unreadable {
    fn from(error: lopdf::Error) -> Self {
        tracing::debug!(%error, "a PDF can't be read");
        Self
    }
}

/// What a catalog may have: how the pages are found, named and shown.
const CATALOG: [&[u8]; 17] = [
    b"Type",
    b"Version",
    b"Extensions",
    b"Pages",
    b"PageLabels",
    b"Names",
    b"Dests",
    b"ViewerPreferences",
    b"PageLayout",
    b"PageMode",
    b"Outlines",
    b"AcroForm",
    b"StructTreeRoot",
    b"MarkInfo",
    b"Lang",
    b"OCProperties",
    b"OutputIntents",
];

/// What is said beside the pages, is carried along, or acts; wherever it stands.
const OUT: [&[u8]; 23] = [
    b"Metadata",
    b"PieceInfo",
    b"LastModified",
    b"Info",
    b"SpiderInfo",
    b"EmbeddedFiles",
    b"EF",
    b"RF",
    b"AF",
    b"JavaScript",
    b"JS",
    b"AA",
    b"OpenAction",
    b"AlternatePresentations",
    b"Renditions",
    b"IDS",
    b"URLS",
    b"Sound",
    b"Movie",
    b"RichMediaContent",
    b"RichMediaSettings",
    b"XFA",
    b"ID",
];

/// Actions that do more than lead to a page or an address.
const ACTIONS: [&[u8]; 14] = [
    b"JavaScript",
    b"Launch",
    b"SubmitForm",
    b"ResetForm",
    b"ImportData",
    b"GoToE",
    b"GoToR",
    b"Rendition",
    b"Movie",
    b"Sound",
    b"RichMediaExecute",
    b"GoTo3DView",
    b"Hide",
    b"SetOCGState",
];

/// Notes on a page that carry files, or play something.
const CARRIERS: [&[u8]; 6] = [b"FileAttachment", b"Sound", b"Movie", b"RichMedia", b"Screen", b"3D"];

/// What a note on a page says of who wrote it, and when.
const NOTED: [&[u8]; 4] = [b"T", b"M", b"CreationDate", b"NM"];

/// Writes a document anew.
///
/// # Errors
/// [`Unreadable`].
pub fn clean(bytes: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let options = LoadOptions::with_max_decompressed_size(MOST_UNPACKED);
    let mut document = Document::load_mem_with_options(bytes, options)?;
    if document.trailer.has(b"Encrypt") || document.was_encrypted() || document.objects.len() > MOST_OBJECTS {
        return Err(Unreadable);
    }
    let root = document.trailer.get(b"Root").and_then(Object::as_reference)?;
    let catalog = document.get_dictionary_mut(root)?;
    catalog.as_hashmap_mut().retain(|key, _| CATALOG.contains(&key.as_slice()));
    for object in document.objects.values_mut() {
        clean_object(object);
    }
    let mut trailer = Dictionary::new();
    trailer.set("Root", Object::Reference(root));
    document.trailer = trailer;
    document.binary_mark = vec![0xe2, 0xe3, 0xcf, 0xd3];
    // Earlier versions of its objects weren't loaded; what nothing leads to any more goes too.
    document.prune_objects();
    let pages = count_pages(&document);
    if pages == 0 {
        return Err(Unreadable);
    }
    let mut written = Vec::new();
    document.save_to(&mut written).map_err(|_| Unreadable)?;
    // What is kept opens, and has as many pages.
    let again =
        Document::load_mem_with_options(&written, LoadOptions::with_max_decompressed_size(MOST_UNPACKED))?;
    if count_pages(&again) == pages { Ok(written) } else { Err(Unreadable) }
}

fn count_pages(document: &Document) -> usize {
    let is_page = |id: &ObjectId| document.get_dictionary(*id).is_ok();
    document.page_iter().filter(is_page).count()
}

/// Nested as deep as the parser takes it: a hundred levels.
fn clean_object(object: &mut Object) {
    match object {
        Object::Array(items) => items.iter_mut().for_each(clean_object),
        Object::Dictionary(dictionary) => clean_dictionary(dictionary),
        Object::Stream(stream) => clean_stream(stream),
        _ => {}
    }
}

fn clean_stream(stream: &mut Stream) {
    clean_dictionary(&mut stream.dict);
    if is_named(&stream.dict, b"Type", &[b"EmbeddedFile", b"Metadata"]) {
        *stream = Stream::new(Dictionary::new(), Vec::new());
    } else {
        pictures::without_words(stream, MOST_UNPACKED);
    }
}

fn clean_dictionary(dictionary: &mut Dictionary) {
    let acts = is_named(dictionary, b"S", &ACTIONS) && !is_named(dictionary, b"Type", &[b"StructElem"]);
    // A signature says who signed, and holds for other bytes than these.
    if acts || is_named(dictionary, b"Type", &[b"Sig", b"DocTimeStamp"]) || dictionary.has(b"ByteRange") {
        *dictionary = Dictionary::new();
        return;
    }
    if dictionary.has(b"Rect") && is_named(dictionary, b"Subtype", &CARRIERS) {
        *dictionary = nothing_there();
        return;
    }
    // In a field of a form, `T` is what the field is called.
    let noted = dictionary.has(b"Rect") && !is_named(dictionary, b"Subtype", &[b"Widget"]);
    dictionary.as_hashmap_mut().retain(|key, _| {
        let key = key.as_slice();
        !(OUT.contains(&key) || noted && NOTED.contains(&key))
    });
    for (_, value) in dictionary.iter_mut() {
        clean_object(value);
    }
}

/// A link of no size that leads nowhere: pages go on naming the note that stood here.
fn nothing_there() -> Dictionary {
    let mut link = Dictionary::new();
    link.set("Type", Object::Name(b"Annot".to_vec()));
    link.set("Subtype", Object::Name(b"Link".to_vec()));
    link.set("Rect", vec![Object::Integer(0); 4]);
    link
}

fn is_named(dictionary: &Dictionary, key: &[u8], names: &[&[u8]]) -> bool {
    dictionary.get(key).and_then(Object::as_name).is_ok_and(|name| names.contains(&name))
}
