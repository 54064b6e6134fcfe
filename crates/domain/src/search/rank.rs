//! The order of what a search finds: one formula of whole numbers, the same on both databases.
//!
//! `rank = 64 × points + age`, the greatest first, and by id, the later first, where two are alike. The points of a
//! record are the sum over what of the search it has:
//!
//! | it has | points |
//! | --- | --- |
//! | a word of the search, in one of its forms | 4 |
//! | the same in its title or name | 8 more |
//! | a word that may be meant by one with typing errors | 3 |
//! | the same in its title or name | 6 more |
//! | a concept that the search names | 16 |
//! | one that is narrower, by one, two or three steps | 12, 8, 4 |
//!
//! The age counts the quarters from 2020 to its time, 63 at most, so that of two which have the same the later one comes
//! first. It doesn't go by today's date: a page that is asked for tomorrow goes on where this one ends.

/// Points for a word.
pub const WORD: i64 = 4;
/// Further points for a word in the title.
pub const TITLE: i64 = 8;
/// Points for a word that may be meant by one with typing errors.
pub const CORRECTED: i64 = 3;
/// Further points for it in the title.
pub const CORRECTED_TITLE: i64 = 6;
/// Points for a concept, by the steps from the one that the search names.
pub const CONCEPT: [i64; 4] = [16, 12, 8, 4];
/// What a point weighs: more than all of the age.
pub const POINT: i64 = 64;
/// The instant from which the age counts: the beginning of 2020, in microseconds.
pub const AGE_FROM: i64 = 1_577_836_800_000_000;
/// How long a step of the age is: a quarter of a year of 365 days, in microseconds.
pub const AGE_STEP: i64 = 7_884_000_000_000;
/// The most of the age.
pub const AGE_MOST: i64 = POINT - 1;

/// So many records at most are looked at for each word and each step of a concept: those indexed last. Of what more
/// records have than these, a search finds the newer ones.
pub const CANDIDATES: u32 = 1_000;
/// So many words of a search count.
pub const MAX_PARTS: usize = 12;
/// So many words of a search are taken for ones with typing errors.
pub const MAX_CORRECTED: usize = 4;
/// So many known words are looked at to find what may be meant.
pub const MAX_KNOWN: usize = 20_000;
/// So many concepts of a search count.
pub const MAX_CONCEPTS: usize = 8;
/// So many narrower concepts count of each, at each distance.
pub const MAX_NARROWER: usize = 250;
/// The longest search, in characters.
pub const MAX_QUERY: usize = 400;
