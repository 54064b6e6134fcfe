//! The kinds of writes that are in flight, each with what follows on it.

use serde_json::{Value, json};

use crate::faults::{self, LOGIN, new_id};

/// The login of who asks for introductions.
pub const OTHER: &str = "other@example.org";

/// What is in flight, one writer for each.
pub const KINDS: [Kind; 4] = [Kind::Organisations, Kind::Lessons, Kind::Contacts, Kind::Sessions];

/// The steps that are recorded, each once for its record.
pub const ACTIONS: [&str; 7] = [
    "contact_card.published",
    "contact_card.retired",
    "introduction.connected",
    "introduction.requested",
    "lesson.drafted",
    "lesson.updated",
    "organisation.created",
];

/// What one writer does, over and over.
#[derive(Clone, Copy)]
pub enum Kind {
    Organisations,
    Lessons,
    Contacts,
    Sessions,
}

/// A write that can be sent again: under its id or its `mutationId` it is done once.
#[derive(Clone, Debug)]
pub struct Write {
    pub who: &'static str,
    pub mutation: &'static str,
    pub input: Value,
    /// The action under which it is recorded, and of which record.
    pub deed: Deed,
    /// What is done next, once this is.
    pub then: Option<Box<Self>>,
}

/// An action, and the id of the record.
pub type Deed = (&'static str, String);

impl Write {
    fn new(who: &'static str, mutation: &'static str, input: Value, deed: (&'static str, &str)) -> Self {
        Self { who, mutation, input, deed: (deed.0, deed.1.to_owned()), then: None }
    }

    fn then(self, next: Self) -> Self {
        Self { then: Some(Box::new(next)), ..self }
    }

    /// What is done where it is refused: a card without an introduction ends too.
    pub fn otherwise(self) -> Option<Self> {
        if self.mutation != "requestIntroduction" {
            return None;
        }
        let mut last = self;
        while let Some(next) = last.then {
            last = *next;
        }
        Some(last)
    }
}

pub fn organisation() -> Write {
    let id = new_id("organisation");
    Write::new(LOGIN, "createOrganisation", faults::organisation(&id), ("organisation.created", &id))
}

/// A draft, and a change of it.
pub fn lesson(platform: &str) -> Write {
    let id = new_id("lesson");
    let draft = json!({ "id": id, "platformId": platform, "language": "en", "title": "Racks" });
    let update =
        json!({ "lessonId": id, "expectedRevision": 1, "title": "Racks, and shade", "mutationId": id });
    let update = Write::new(LOGIN, "updateLesson", update, ("lesson.updated", &id));
    Write::new(LOGIN, "draftLesson", draft, ("lesson.drafted", &id)).then(update)
}

/// A card, an introduction to its owner, who accepts it, and the card's end.
pub fn contact() -> Write {
    let (card, introduction) = (new_id("contact"), new_id("introduction"));
    let publish = json!({ "id": card, "headline": "Drying", "canHelpWith": "Racks", "language": "en", "country": "MWI",
        "details": { "phone": "+265991000000" } });
    let request = json!({ "id": introduction, "cardId": card, "message": "How?", "fields": [] });
    let accept = json!({ "introductionId": introduction, "fields": ["PHONE"], "mutationId": introduction });
    let retire = json!({ "cardId": card, "mutationId": card });
    let retire = Write::new(LOGIN, "retireContactCard", retire, ("contact_card.retired", &card));
    let accept = Write::new(LOGIN, "acceptIntroduction", accept, ("introduction.connected", &introduction));
    let request =
        Write::new(OTHER, "requestIntroduction", request, ("introduction.requested", &introduction));
    let publish = Write::new(LOGIN, "publishContactCard", publish, ("contact_card.published", &card));
    publish.then(request.then(accept.then(retire)))
}
