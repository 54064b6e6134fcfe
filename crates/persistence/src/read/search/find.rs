//! Finds: the concepts that the search names, then the hits.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use maip_domain::search::rank::{
    CONCEPT, CORRECTED, CORRECTED_TITLE, MAX_CONCEPTS, MAX_CORRECTED, MAX_NARROWER, TITLE, WORD,
};
use maip_domain::search::{Asked, Origin, Part, SearchKind, Span, Term, concept_terms, longest, near_keys};
use sea_orm::{DbErr, Value};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::super::plan::{COUNT_LIMIT, ReadPlan, RootRead};
use super::super::run::{ReadError, search_query};
use super::super::sql::Dialect;
use super::super::viewer::Viewer;
use super::statement::{self, MAX_SLOTS, Slot};
use super::suggest::{self, SuggestPlan};
use super::{
    ConceptPick, Found, Hit, HitPick, MatchedConcept, MatchedTerm, SearchPick, SearchPlan, WhyPick, entity_of,
};
use crate::database::Database;

/// A concept that the search names.
pub(super) struct Named {
    id: String,
    label: String,
    language: String,
    /// It and what is narrower, with the steps between.
    narrower: BTreeMap<String, usize>,
}

/// What a slot stands for.
pub(super) enum Meaning {
    Word { part: usize, title: bool },
    Concept { named: usize },
}

/// Labels: key, concept, language, text.
type LabelRow = (String, String, String, String);
/// A row of the page: rank, id, slots, language, concepts.
type HitRow = (i64, String, i64, Option<String>, Option<Vec<String>>);

/// The answer of the statement of hits: the page, how many there are, how many slots are cut, the facets, and which slots
/// any hit has.
#[derive(Deserialize, Default)]
struct Hits(Option<Vec<HitRow>>, u32, u32, Vec<Vec<(String, u32)>>, Option<i64>);

impl Hits {
    fn had(&self) -> i64 {
        self.4.unwrap_or_default()
    }
}

/// The concepts that a search names, in its order, and where in it their labels stand.
struct Naming {
    named: Vec<Named>,
    places: Vec<std::ops::Range<usize>>,
}

impl ReadPlan {
    /// Finds what the searches of the plan ask for; the records are read with the rest.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn find(&mut self, database: &Database) -> Result<(), ReadError> {
        let (viewer, now) = (self.viewer.clone(), self.now);
        for root in &mut self.roots {
            match &mut root.read {
                RootRead::Search(plan) => find(plan, &viewer, now, database).await?,
                RootRead::Suggest(plan) => suggest(plan, &viewer, now, database).await?,
                _ => {}
            }
        }
        Ok(())
    }
}

async fn find(
    plan: &mut SearchPlan,
    viewer: &Viewer,
    now: maip_domain::time::Timestamp,
    database: &Database,
) -> Result<(), ReadError> {
    let dialect = database.dialect();
    let mut naming = Naming::of(&plan.asked.spans, database).await?;
    let (mut slots, mut meanings) = slots(&plan.asked, &naming.named, dialect);
    let mut hits = match slots.as_slice() {
        [] => Hits::default(),
        slots => ask(database, statement::hits(plan, slots, viewer, now, dialect)).await?,
    };
    // What the viewer finds of a word decides, not what is there: else this would tell of hidden records.
    let unfound: BTreeSet<usize> = unfound(&plan.asked, &meanings, hits.had()).collect();
    let doubtful: Vec<(usize, String)> =
        plan.asked.doubtful(&naming.places).filter(|(part, _)| unfound.contains(part)).collect();
    let meant = meant(&doubtful, database).await?;
    if !meant.is_empty() {
        plan.asked = plan.asked.corrected(&meant);
        naming = Naming::of(&plan.asked.spans, database).await?;
        (slots, meanings) = self::slots(&plan.asked, &naming.named, dialect);
        hits = ask(database, statement::hits(plan, &slots, viewer, now, dialect)).await?;
    }
    let named = naming.named;
    let Hits(rows, count, cut, facets, _) = hits;
    let mut found = Found { exact: cut == 0 && count <= COUNT_LIMIT, ..Found::default() };
    found.count = count.min(COUNT_LIMIT);
    found.facets = plan.facets().into_iter().zip(facets).collect();
    let mut rows = rows.unwrap_or_default();
    let size = usize::try_from(plan.page.size).unwrap_or(usize::MAX);
    found.more = rows.len() > size;
    if plan.page.backward {
        rows.drain(..rows.len().saturating_sub(size));
    } else {
        rows.truncate(size);
    }
    found.hits = rows.into_iter().map(|row| hit(row, plan, &named, &meanings)).collect();
    if plan.wants_concepts() {
        add_paths(&mut found.hits, &named, database).await?;
    }
    if plan.wants_translations() {
        add_translations(&mut found.hits, &plan.asked.parts, database).await?;
    }
    name_records(plan, &found);
    plan.found = Some(found);
    Ok(())
}

/// The words of which the viewer found nothing.
fn unfound<'a>(asked: &'a Asked, meanings: &'a [Meaning], had: i64) -> impl Iterator<Item = usize> + 'a {
    (0..asked.parts.len()).filter(move |part| {
        let has = |(place, meaning): (usize, &Meaning)| {
            matches!(meaning, Meaning::Word { part: of, .. } if of == part) && had >> place & 1 == 1
        };
        !meanings.iter().enumerate().any(has)
    })
}

/// What may be meant by these words, of those that have something.
async fn meant(
    doubtful: &[(usize, String)],
    database: &Database,
) -> Result<Vec<(usize, Vec<String>)>, ReadError> {
    let mut meant = Vec::new();
    for (part, typed) in doubtful.iter().take(MAX_CORRECTED) {
        let keys = near_keys(typed);
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let known: Vec<(String, String)> = ask(database, statement::known(&keys, database.dialect())).await?;
        let known =
            known.iter().filter_map(|(origin, word)| Some((Origin::from_code(origin)?, word.as_str())));
        let words = maip_domain::search::meant(typed, known);
        if !words.is_empty() {
            meant.push((*part, words));
        }
    }
    Ok(meant)
}

async fn suggest(
    plan: &mut SuggestPlan,
    viewer: &Viewer,
    now: maip_domain::time::Timestamp,
    database: &Database,
) -> Result<(), ReadError> {
    if plan.typed.is_some() && plan.first > 0 {
        let rows = ask(database, suggest::statement(plan, viewer, now, database.dialect())).await?;
        plan.found = suggest::chosen(rows, plan.first);
    }
    Ok(())
}

async fn ask<T: DeserializeOwned>(
    database: &Database,
    (sql, values): (String, Vec<Value>),
) -> Result<T, ReadError> {
    let text = database.reads().text(&Arc::from(sql), values).await?;
    serde_json::from_str(&text).map_err(|error| ReadError::Database(DbErr::Json(error.to_string())))
}

impl Naming {
    /// Of labels that overlap, the longest counts.
    async fn of(spans: &[Span], database: &Database) -> Result<Self, ReadError> {
        let keys: BTreeSet<&str> = spans.iter().map(|span| span.key.as_str()).collect();
        if keys.is_empty() {
            return Ok(Self { named: Vec::new(), places: Vec::new() });
        }
        let keys: Vec<&str> = keys.into_iter().collect();
        let rows: Vec<LabelRow> = ask(database, statement::labels(&keys, database.dialect())).await?;
        let mut by_key: HashMap<&str, Vec<&LabelRow>> = HashMap::new();
        for row in &rows {
            by_key.entry(row.0.as_str()).or_default().push(row);
        }
        let meant = spans.iter().flat_map(|span| {
            let rows = by_key.get(span.key.as_str()).into_iter().flatten();
            rows.filter(|row| span.fits(&row.2)).map(|row| (&span.place, *row))
        });
        let meant: Vec<_> = meant.collect();
        let places = longest(meant.iter().map(|(place, _)| (*place).clone()));
        let mut named: Vec<Named> = Vec::new();
        for place in &places {
            for (_, (_, id, language, label)) in meant.iter().filter(|(of, _)| *of == place) {
                if named.len() < MAX_CONCEPTS && !named.iter().any(|known| known.id == *id) {
                    named.push(Named {
                        id: id.clone(),
                        label: label.clone(),
                        language: language.clone(),
                        narrower: BTreeMap::from([(id.clone(), 0)]),
                    });
                }
            }
        }
        if named.is_empty() {
            return Ok(Self { named, places });
        }
        let ids: Vec<&str> = named.iter().map(|named| named.id.as_str()).collect();
        let rows: Vec<(String, String, usize)> =
            ask(database, statement::narrower(&ids, database.dialect())).await?;
        for (ancestor, id, distance) in rows {
            if let Some(named) = named.iter_mut().find(|named| named.id == ancestor) {
                named.narrower.entry(id).or_insert(distance);
            }
        }
        Ok(Self { named, places })
    }
}

pub(super) fn slots(asked: &Asked, named: &[Named], dialect: Dialect) -> (Vec<Slot>, Vec<Meaning>) {
    let mut slots = Vec::new();
    let mut meanings = Vec::new();
    let mut add = |terms: &[Term], points: i64, meaning: Meaning| {
        if !terms.is_empty() && slots.len() < MAX_SLOTS {
            slots.push(Slot { query: search_query(terms, dialect), points });
            meanings.push(meaning);
        }
    };
    for (part, asked) in asked.parts.iter().enumerate() {
        let (word, title) =
            if asked.corrected.is_some() { (CORRECTED, CORRECTED_TITLE) } else { (WORD, TITLE) };
        add(&asked.terms, word, Meaning::Word { part, title: false });
        add(&asked.in_title(), title, Meaning::Word { part, title: true });
    }
    for (place, concept) in named.iter().enumerate() {
        for (distance, points) in CONCEPT.into_iter().enumerate() {
            let ids =
                concept.narrower.iter().filter(|(_, steps)| **steps == distance).map(|(id, _)| id.as_str());
            add(&concept_terms(ids.take(MAX_NARROWER)), points, Meaning::Concept { named: place });
        }
    }
    (slots, meanings)
}

fn hit(row: HitRow, plan: &SearchPlan, named: &[Named], meanings: &[Meaning]) -> Hit {
    let (rank, id, slots, language, concepts) = row;
    let has = meanings.iter().enumerate().filter(|(place, _)| slots >> place & 1 == 1);
    let mut terms: BTreeMap<usize, bool> = BTreeMap::new();
    let mut by: BTreeSet<usize> = BTreeSet::new();
    for (_, meaning) in has {
        match meaning {
            Meaning::Word { part, title } => *terms.entry(*part).or_default() |= *title,
            Meaning::Concept { named } => {
                by.insert(*named);
            }
        }
    }
    let terms = terms
        .into_iter()
        .filter_map(|(part, in_title)| {
            let Part { word, corrected, .. } = plan.asked.parts.get(part)?;
            Some(MatchedTerm { word: word.clone(), in_title, corrected: corrected.clone() })
        })
        .collect();
    let own = concepts.unwrap_or_default();
    let nearest = by.into_iter().filter_map(|place| {
        let named = named.get(place)?;
        let near = own.iter().filter_map(|id| named.narrower.get(id).map(|steps| (*steps, id)));
        let (_, id) = near.min()?;
        Some(MatchedConcept {
            id: id.clone(),
            label: named.label.clone(),
            label_language: named.language.clone(),
            path: vec![named.id.clone()],
        })
    });
    Hit { id, rank, language, terms, concepts: nearest.collect(), translations: Vec::new() }
}

/// Says of lessons in which of their translations words of the search are: those that readers are shown.
async fn add_translations(hits: &mut [Hit], parts: &[Part], database: &Database) -> Result<(), ReadError> {
    let ids: Vec<&str> = hits
        .iter()
        .map(|hit| hit.id.as_str())
        .filter(|id| is_of(entity_of(SearchKind::Lesson), id))
        .collect();
    if ids.is_empty() {
        return Ok(());
    }
    let rows: Vec<(String, String, String)> =
        ask(database, statement::translations(&ids, database.dialect())).await?;
    for (lesson, language, tokens) in rows {
        let tokens: HashSet<&str> = tokens.split_whitespace().collect();
        let has = |term: &Term| term.alternatives().iter().any(|token| tokens.contains(token.as_str()));
        if !parts.iter().any(|part| part.terms.iter().all(has)) {
            continue;
        }
        if let Some(hit) = hits.iter_mut().find(|hit| hit.id == lesson)
            && !hit.translations.contains(&language)
        {
            hit.translations.push(language);
        }
    }
    Ok(())
}

/// Fills the paths, which have their beginnings.
async fn add_paths(hits: &mut [Hit], named: &[Named], database: &Database) -> Result<(), ReadError> {
    let from_afar = |concept: &MatchedConcept| concept.path.first() != Some(&concept.id);
    if !hits.iter().flat_map(|hit| &hit.concepts).any(from_afar) {
        return Ok(());
    }
    let below: BTreeSet<&str> = named
        .iter()
        .flat_map(|named| &named.narrower)
        .filter(|(_, steps)| **steps > 0)
        .map(|(id, _)| id.as_str())
        .collect();
    let below: Vec<&str> = below.into_iter().collect();
    let rows: Vec<(String, String)> = ask(database, statement::broader(&below, database.dialect())).await?;
    for concept in hits.iter_mut().flat_map(|hit| &mut hit.concepts).filter(|concept| from_afar(concept)) {
        let Some(named) = concept.path.first().and_then(|id| named.iter().find(|named| named.id == *id))
        else {
            continue;
        };
        let mut path = vec![concept.id.clone()];
        while let Some(steps) = path.last().and_then(|id| named.narrower.get(id)).filter(|steps| **steps > 0)
        {
            let above = rows.iter().find(|(id, broader)| {
                path.last() == Some(id)
                    && named.narrower.get(broader).is_some_and(|above| above + 1 == *steps)
            });
            let Some((_, above)) = above else { break };
            path.push(above.clone());
        }
        path.reverse();
        concept.path = path;
    }
    Ok(())
}

/// Says which records are read to be shown.
fn name_records(plan: &mut SearchPlan, found: &Found) {
    let mut keys: Vec<(usize, &str)> = Vec::new();
    for by_type in plan.shown() {
        for hit in &found.hits {
            let own = by_type.iter().find(|(entity, _)| is_of(entity, &hit.id));
            keys.extend(own.map(|(_, group)| (*group, hit.id.as_str())));
        }
    }
    for (_, pick) in &plan.parts {
        match pick {
            SearchPick::Edges(fields) => {
                let why = fields
                    .iter()
                    .filter_map(|(_, field)| if let HitPick::Why(why) = field { Some(why) } else { None });
                for (_, pick) in why.flatten() {
                    let WhyPick::Concepts(parts) = pick else { continue };
                    for (_, part) in parts {
                        for concept in found.hits.iter().flat_map(|hit| &hit.concepts) {
                            match part {
                                ConceptPick::Concept(group) => keys.push((*group, concept.id.as_str())),
                                ConceptPick::Path(group) => {
                                    keys.extend(concept.path.iter().map(|id| (*group, id.as_str())));
                                }
                                _ => {}
                            }
                        }
                    }
                }
            }
            SearchPick::Facets(fields) => {
                for (facet, parts) in fields.iter().filter_map(|(_, field)| field.as_ref()) {
                    for (_, part) in parts {
                        if let super::BucketPick::Record(group) = part {
                            let values = found.facets.get(facet).into_iter().flatten();
                            keys.extend(values.map(|(value, _)| (*group, value.as_str())));
                        }
                    }
                }
            }
            _ => {}
        }
    }
    let mut per_group: Vec<BTreeSet<&str>> = vec![BTreeSet::new(); plan.groups.len()];
    for (group, key) in keys {
        if let Some(known) = per_group.get_mut(group) {
            known.insert(key);
        }
    }
    for (group, keys) in plan.groups.iter_mut().zip(per_group) {
        group.keys = keys.into_iter().map(Into::into).collect();
    }
}

/// Whether the id is one of this type.
pub(in crate::read) fn is_of(entity: &super::Entity, id: &str) -> bool {
    entity.prefix.is_some_and(|prefix| id.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('_')))
}
