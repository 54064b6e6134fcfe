//! The hierarchy that comes of what a store holds and what a file says.

use std::collections::HashMap;

use super::error::ImportError;
use super::graph::{self, Ancestors};
use super::vocabulary::{ConceptIndex, Vocabulary};

/// The most ancestors that all concepts have together: ten times AGROVOC's. A hierarchy of more is
/// deep and tangled beyond use, and its closure would fill the disk.
const MAX_ANCESTORS: usize = 5_000_000;

/// A concept's place in a [`Merged`] hierarchy.
pub(super) type Place = usize;

/// What a store holds of a concept.
#[derive(Clone, Debug)]
pub(super) struct Held {
    /// The id, which stays whatever the file says.
    pub(super) id: String,
    /// The URI by which a file names it.
    pub(super) uri: String,
}

/// The concepts of the store, then the new ones of the file, and all parents as they will be: the
/// file's for the concepts it has, the store's for the others.
pub(super) struct Merged {
    /// The place of each concept of the file.
    pub(super) places: Vec<Place>,
    /// The parents by place.
    pub(super) parents: Vec<Vec<Place>>,
    /// Links of the file to parents that neither it nor the store has; they are left out.
    pub(super) links_left_out: usize,
    held: usize,
}

impl Merged {
    /// Merges, and refuses what has a cycle.
    pub(super) fn of(
        vocabulary: &Vocabulary,
        held: &[Held],
        held_links: &[(Place, Place)],
    ) -> Result<Self, ImportError> {
        let by_uri: HashMap<&str, Place> =
            held.iter().enumerate().map(|(place, concept)| (concept.uri.as_str(), place)).collect();
        let mut next = held.len();
        let places: Vec<Place> = (0..vocabulary.len())
            .map(|concept| {
                by_uri.get(vocabulary.uri(concept)).copied().unwrap_or_else(|| {
                    next += 1;
                    next - 1
                })
            })
            .collect();
        let mut in_file = vec![false; next];
        for &place in &places {
            in_file[place] = true;
        }
        let mut parents = vec![Vec::new(); next];
        for &(child, parent) in held_links.iter().filter(|(child, _)| !in_file[*child]) {
            parents[child].push(parent);
        }
        for &(child, parent) in vocabulary.broader() {
            parents[places[child]].push(places[parent]);
        }
        let mut links_left_out = 0;
        for (child, uri) in vocabulary.broader_outside() {
            match by_uri.get(uri) {
                Some(&parent) => parents[places[child]].push(parent),
                None => links_left_out += 1,
            }
        }
        for of_one in &mut parents {
            of_one.sort_unstable();
            of_one.dedup();
        }
        let merged = Self { places, parents, links_left_out, held: held.len() };
        if let Some(cycle) = graph::cycle(&merged.parents) {
            let of_file: HashMap<Place, ConceptIndex> =
                merged.places.iter().enumerate().map(|(concept, &place)| (place, concept)).collect();
            // A concept that isn't held is one of the file's.
            let uri = |place: Place| match held.get(place) {
                Some(concept) => concept.uri.as_str(),
                None => of_file.get(&place).map_or("", |&concept| vocabulary.uri(concept)),
            };
            let stated =
                cycle.windows(2).filter_map(|link| vocabulary.line_of(*of_file.get(&link[0])?, uri(link[1])));
            let line = stated.max();
            return Err(ImportError::cycle(line, cycle.into_iter().map(uri)));
        }
        merged.refuse_tangle()?;
        Ok(merged)
    }

    fn refuse_tangle(&self) -> Result<(), ImportError> {
        let mut ancestors = Ancestors::new(&self.parents);
        let mut count = 0;
        for place in 0..self.parents.len() {
            count += ancestors.of(place).len();
            if count > MAX_ANCESTORS {
                return Err(ImportError::TooTangled { limit: MAX_ANCESTORS });
            }
        }
        Ok(())
    }

    /// Whether the store held this concept before.
    pub(super) fn is_held(&self, place: Place) -> bool {
        place < self.held
    }
}
