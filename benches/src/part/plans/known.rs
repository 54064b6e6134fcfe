//! Lists that are known to read more than they show.

/// What the operation's name contains, and why it is so.
pub const KNOWN: &[(&str, &str)] = &[
    (
        "lessons where concept is",
        "the vocabulary is read into a hash: it grows with releases of AGROVOC, not with use",
    ),
    (
        "contacts",
        "of 2,000 cards a third is public: a scan is cheaper than as many look-ups, and takes 2 to 9 ms",
    ),
    (
        "introductions",
        "one's own are found by three columns, either of which will do; 2,000 rows take 0.3 ms",
    ),
    ("consents", "one's own are those of one's own cards and those to oneself; 2,000 rows take 1 ms"),
];
