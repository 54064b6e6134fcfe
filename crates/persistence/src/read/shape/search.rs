//! What a search found, with the records that were read for it.

use std::collections::HashMap;

use maip_domain::closed_set::ClosedSet as _;

use super::super::cursor;
use super::super::plan::PagePick;
use super::super::search::find::is_of;
use super::super::search::{
    BucketPick, ByType, ConceptPick, Facet, Found, Hit, HitPick, MatchedConcept, MatchedTerm, RANKED,
    SearchPick, SearchPlan, SuggestPick, SuggestPlan, TermPick, WhyPick,
};
use super::reading::Walk;
use super::{ShapeError, Shaper};

/// Where each record that was read stands.
type Places = HashMap<(usize, String), usize>;

impl Shaper<'_> {
    pub(super) fn search(&mut self, plan: &SearchPlan, walk: &mut Walk) -> Result<(), ShapeError> {
        let places = self.places(&plan.groups, walk)?;
        let after = self.at;
        let nothing = Found::default();
        let found = plan.found.as_ref().unwrap_or(&nothing);
        // What has gone since it was found isn't there.
        let there = |hit: &&Hit| plan.shown().all(|by_type| place_of(by_type, &hit.id, &places).is_some());
        let hits: Vec<&Hit> = found.hits.iter().filter(there).collect();
        self.object_of(&plan.parts, |shaper, pick| {
            match pick {
                SearchPick::TypeName => shaper.name("SearchConnection"),
                SearchPick::Nodes(by_type) => {
                    shaper.list_of(&hits, |shaper, hit| shaper.record(plan, by_type, hit, &places))?;
                }
                SearchPick::Edges(fields) => {
                    shaper.list_of(&hits, |shaper, hit| shaper.hit(plan, fields, hit, &places))?;
                }
                SearchPick::PageInfo(fields) => shaper.page_of_hits(plan, found, &hits, fields)?,
                SearchPick::TotalCount => shaper.out.push_str(&found.count.to_string()),
                SearchPick::TotalCountIsExact => shaper.yes_or_no(found.exact),
                SearchPick::Facets(fields) => {
                    shaper.object_of(fields, |shaper, field| {
                        if let Some((facet, parts)) = field {
                            shaper.facet(plan, found, *facet, parts, &places)
                        } else {
                            shaper.name("SearchFacets");
                            Ok(())
                        }
                    })?;
                }
            }
            Ok(())
        })?;
        self.at = after;
        Ok(())
    }

    pub(super) fn suggestions(&mut self, plan: &SuggestPlan) -> Result<(), ShapeError> {
        let found: Vec<_> = plan.found.iter().collect();
        self.list_of(&found, |shaper, suggestion| {
            shaper.object_of(&plan.parts, |shaper, pick| {
                match pick {
                    SuggestPick::TypeName => shaper.name("Suggestion"),
                    SuggestPick::Text => shaper.string(&suggestion.text),
                    SuggestPick::Language => match &suggestion.language {
                        Some(language) => shaper.string(language),
                        None => shaper.out.push_str("null"),
                    },
                    SuggestPick::Kind => shaper.string(suggestion.kind.code()),
                    SuggestPick::NodeId => shaper.string(&suggestion.id),
                }
                Ok(())
            })
        })
    }

    fn list_of<T: Copy>(
        &mut self,
        values: &[T],
        mut write: impl FnMut(&mut Self, T) -> Result<(), ShapeError>,
    ) -> Result<(), ShapeError> {
        self.out.push('[');
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            write(self, *value)?;
        }
        self.out.push(']');
        Ok(())
    }

    fn record(
        &mut self,
        plan: &SearchPlan,
        by_type: &ByType,
        hit: &Hit,
        places: &Places,
    ) -> Result<(), ShapeError> {
        match place_of(by_type, &hit.id, places) {
            Some((group, at)) => self.record_at(plan, group, at),
            None => self.error("a record"),
        }
    }

    fn record_at(&mut self, plan: &SearchPlan, group: usize, at: usize) -> Result<(), ShapeError> {
        let Some(group) = plan.groups.get(group) else { return self.error("a group") };
        self.at = at;
        self.object(&group.selection)
    }

    fn hit(
        &mut self,
        plan: &SearchPlan,
        fields: &[(Box<str>, HitPick)],
        hit: &Hit,
        places: &Places,
    ) -> Result<(), ShapeError> {
        self.object_of(fields, |shaper, pick| {
            match pick {
                HitPick::TypeName => shaper.name("SearchEdge"),
                HitPick::Cursor => shaper.place(hit),
                HitPick::Node(by_type) => shaper.record(plan, by_type, hit, places)?,
                HitPick::Why(why) => shaper.why(plan, why, hit, places)?,
            }
            Ok(())
        })
    }

    fn why(
        &mut self,
        plan: &SearchPlan,
        why: &[(Box<str>, WhyPick)],
        hit: &Hit,
        places: &Places,
    ) -> Result<(), ShapeError> {
        self.object_of(why, |shaper, pick| {
            match pick {
                WhyPick::TypeName => shaper.name("SearchMatch"),
                WhyPick::Language => match &hit.language {
                    Some(language) => shaper.string(language),
                    None => shaper.out.push_str("null"),
                },
                WhyPick::Translations => {
                    let languages: Vec<&String> = hit.translations.iter().collect();
                    shaper.list_of(&languages, |shaper, language| {
                        shaper.string(language);
                        Ok(())
                    })?;
                }
                WhyPick::Terms(parts) => {
                    let terms: Vec<&MatchedTerm> = hit.terms.iter().collect();
                    shaper.list_of(&terms, |shaper, term| {
                        shaper.object_of(parts, |shaper, part| {
                            match part {
                                TermPick::TypeName => shaper.name("SearchTerm"),
                                TermPick::Word => shaper.string(&term.word),
                                TermPick::InTitle => shaper.yes_or_no(term.in_title),
                                TermPick::CorrectedTo => match &term.corrected {
                                    Some(word) => shaper.string(word),
                                    None => shaper.out.push_str("null"),
                                },
                            }
                            Ok(())
                        })
                    })?;
                }
                WhyPick::Concepts(parts) => {
                    let groups: Vec<usize> = parts
                        .iter()
                        .filter_map(|(_, part)| match part {
                            ConceptPick::Concept(group) => Some(*group),
                            _ => None,
                        })
                        .collect();
                    let there = |concept: &&MatchedConcept| {
                        groups.iter().all(|group| places.contains_key(&(*group, concept.id.clone())))
                    };
                    let concepts: Vec<&MatchedConcept> = hit.concepts.iter().filter(there).collect();
                    shaper
                        .list_of(&concepts, |shaper, concept| shaper.matched(plan, parts, concept, places))?;
                }
            }
            Ok(())
        })
    }

    fn matched(
        &mut self,
        plan: &SearchPlan,
        parts: &[(Box<str>, ConceptPick)],
        concept: &MatchedConcept,
        places: &Places,
    ) -> Result<(), ShapeError> {
        self.object_of(parts, |shaper, part| {
            match part {
                ConceptPick::TypeName => shaper.name("SearchConcept"),
                ConceptPick::Label => shaper.string(&concept.label),
                ConceptPick::LabelLanguage => shaper.string(&concept.label_language),
                ConceptPick::Distance => shaper.out.push_str(&(concept.path.len().max(1) - 1).to_string()),
                ConceptPick::Concept(group) => match places.get(&(*group, concept.id.clone())) {
                    Some(at) => shaper.record_at(plan, *group, *at)?,
                    None => return shaper.error("a concept"),
                },
                ConceptPick::Path(group) => {
                    let path: Vec<usize> = concept
                        .path
                        .iter()
                        .filter_map(|id| places.get(&(*group, id.clone())).copied())
                        .collect();
                    shaper.list_of(&path, |shaper, at| shaper.record_at(plan, *group, at))?;
                }
            }
            Ok(())
        })
    }

    fn facet(
        &mut self,
        plan: &SearchPlan,
        found: &Found,
        facet: Facet,
        parts: &[(Box<str>, BucketPick)],
        places: &Places,
    ) -> Result<(), ShapeError> {
        let values = found.facets.get(&facet).map_or(&[][..], Vec::as_slice);
        let record = parts
            .iter()
            .find_map(|(_, part)| if let BucketPick::Record(group) = part { Some(*group) } else { None });
        // What has gone since, or isn't for who asks.
        let there = |(value, _): &&(String, u32)| {
            record.is_none_or(|group| places.contains_key(&(group, value.clone())))
        };
        let values: Vec<_> = values.iter().filter(there).collect();
        self.list_of(&values, |shaper, value| shaper.bucket(plan, facet, parts, value, places))
    }

    fn bucket(
        &mut self,
        plan: &SearchPlan,
        facet: Facet,
        parts: &[(Box<str>, BucketPick)],
        (value, count): &(String, u32),
        places: &Places,
    ) -> Result<(), ShapeError> {
        self.object_of(parts, |shaper, part| {
            match part {
                BucketPick::TypeName => shaper.name(facet.type_name()),
                BucketPick::Count => shaper.out.push_str(&count.to_string()),
                BucketPick::Value => shaper.string(value),
                BucketPick::Record(group) => match places.get(&(*group, value.clone())) {
                    Some(at) => shaper.record_at(plan, *group, *at)?,
                    None => return shaper.error("a record"),
                },
            }
            Ok(())
        })
    }

    fn place(&mut self, hit: &Hit) {
        let values = serde_json::json!([hit.rank, hit.id]).to_string();
        self.out.push('"');
        cursor::write(&RANKED, true, &values, &mut self.out);
        self.out.push('"');
    }

    fn page_of_hits(
        &mut self,
        plan: &SearchPlan,
        found: &Found,
        hits: &[&Hit],
        fields: &[(Box<str>, PagePick)],
    ) -> Result<(), ShapeError> {
        let (previous, next) = plan.page.neighbours(found.more);
        self.object_of(fields, |shaper, pick| {
            match pick {
                PagePick::TypeName => shaper.name("PageInfo"),
                PagePick::HasNext => shaper.yes_or_no(next),
                PagePick::HasPrevious => shaper.yes_or_no(previous),
                PagePick::Start | PagePick::End => {
                    let hit = if *pick == PagePick::Start { hits.first() } else { hits.last() };
                    match hit {
                        Some(hit) => shaper.place(hit),
                        None => shaper.out.push_str("null"),
                    }
                }
            }
            Ok(())
        })
    }
}

fn place_of(by_type: &ByType, id: &str, places: &Places) -> Option<(usize, usize)> {
    let (_, group) = by_type.iter().find(|(entity, _)| is_of(entity, id))?;
    places.get(&(*group, id.to_owned())).map(|at| (*group, *at))
}

impl Facet {
    /// The name of the type of its values in the API.
    #[must_use]
    pub fn type_name(self) -> &'static str {
        match self {
            Self::Kind => "SearchKindCount",
            Self::Country => "SearchCountryCount",
            Self::Region => "SearchRegionCount",
            Self::Product => "SearchProductCount",
            Self::Concept => "SearchConceptCount",
            Self::Outcome => "SearchOutcomeCount",
            Self::Language => "SearchLanguageCount",
        }
    }
}
