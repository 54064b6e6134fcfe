//! What a search found, with the records that were read for it.

use std::collections::HashMap;

use super::super::cursor;
use super::super::plan::{Page, PagePick};
use super::super::search::find::is_of;
use super::super::search::{
    BucketPick, ByType, ConceptPick, Facet, Found, Hit, HitPick, MatchedConcept, RANKED, SearchPick,
    SearchPlan, TermPick, WhyPick,
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
        let by_types: Vec<&ByType> = plan
            .parts
            .iter()
            .flat_map(|(_, pick)| match pick {
                SearchPick::Nodes(by_type) => vec![by_type],
                SearchPick::Edges(fields) => fields
                    .iter()
                    .filter_map(
                        |(_, field)| if let HitPick::Node(by_type) = field { Some(by_type) } else { None },
                    )
                    .collect(),
                _ => Vec::new(),
            })
            .collect();
        let there = |hit: &&Hit| by_types.iter().all(|by_type| place_of(by_type, &hit.id, &places).is_some());
        let hits: Vec<&Hit> = found.hits.iter().filter(there).collect();
        self.out.push('{');
        for (index, (key, pick)) in plan.parts.iter().enumerate() {
            self.key(key, index == 0);
            match pick {
                SearchPick::TypeName => self.name("SearchConnection"),
                SearchPick::Nodes(by_type) => {
                    self.list_of(&hits, |shaper, hit| shaper.record(plan, by_type, hit, &places))?;
                }
                SearchPick::Edges(fields) => {
                    self.list_of(&hits, |shaper, hit| shaper.hit(plan, fields, hit, &places))?;
                }
                SearchPick::PageInfo(fields) => self.page_of_hits(plan, found, &hits, fields),
                SearchPick::TotalCount => self.out.push_str(&found.count.to_string()),
                SearchPick::TotalCountIsExact => {
                    self.out.push_str(if found.exact { "true" } else { "false" });
                }
                SearchPick::Facets(fields) => {
                    self.out.push('{');
                    for (index, (key, field)) in fields.iter().enumerate() {
                        self.key(key, index == 0);
                        let Some((facet, parts)) = field else {
                            self.name("SearchFacets");
                            continue;
                        };
                        let values = found.facets.get(facet).map_or(&[][..], Vec::as_slice);
                        let record = parts.iter().find_map(|(_, part)| {
                            if let BucketPick::Record(group) = part { Some(*group) } else { None }
                        });
                        let values: Vec<_> = values
                            .iter()
                            .filter(|(value, _)| {
                                record.is_none_or(|group| places.contains_key(&(group, value.clone())))
                            })
                            .collect();
                        self.list_of(&values, |shaper, value| {
                            shaper.bucket(plan, *facet, parts, value, &places)
                        })?;
                    }
                    self.out.push('}');
                }
            }
        }
        self.out.push('}');
        self.at = after;
        Ok(())
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
        self.out.push('{');
        for (index, (key, pick)) in fields.iter().enumerate() {
            self.key(key, index == 0);
            match pick {
                HitPick::TypeName => self.name("SearchEdge"),
                HitPick::Cursor => self.place(hit),
                HitPick::Node(by_type) => self.record(plan, by_type, hit, places)?,
                HitPick::Why(why) => self.why(plan, why, hit, places)?,
            }
        }
        self.out.push('}');
        Ok(())
    }

    fn why(
        &mut self,
        plan: &SearchPlan,
        why: &[(Box<str>, WhyPick)],
        hit: &Hit,
        places: &Places,
    ) -> Result<(), ShapeError> {
        self.out.push('{');
        for (index, (key, pick)) in why.iter().enumerate() {
            self.key(key, index == 0);
            match pick {
                WhyPick::TypeName => self.name("SearchMatch"),
                WhyPick::Language => match &hit.language {
                    Some(language) => self.string(language),
                    None => self.out.push_str("null"),
                },
                WhyPick::Terms(parts) => {
                    let terms: Vec<&(String, bool)> = hit.terms.iter().collect();
                    self.list_of(&terms, |shaper, (word, in_title)| {
                        shaper.out.push('{');
                        for (index, (key, part)) in parts.iter().enumerate() {
                            shaper.key(key, index == 0);
                            match part {
                                TermPick::TypeName => shaper.name("SearchTerm"),
                                TermPick::Word => shaper.string(word),
                                TermPick::InTitle => {
                                    shaper.out.push_str(if *in_title { "true" } else { "false" });
                                }
                            }
                        }
                        shaper.out.push('}');
                        Ok(())
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
                    self.list_of(&concepts, |shaper, concept| shaper.matched(plan, parts, concept, places))?;
                }
            }
        }
        self.out.push('}');
        Ok(())
    }

    fn matched(
        &mut self,
        plan: &SearchPlan,
        parts: &[(Box<str>, ConceptPick)],
        concept: &MatchedConcept,
        places: &Places,
    ) -> Result<(), ShapeError> {
        self.out.push('{');
        for (index, (key, part)) in parts.iter().enumerate() {
            self.key(key, index == 0);
            match part {
                ConceptPick::TypeName => self.name("SearchConcept"),
                ConceptPick::Label => self.string(&concept.label),
                ConceptPick::LabelLanguage => self.string(&concept.label_language),
                ConceptPick::Distance => self.out.push_str(&(concept.path.len().max(1) - 1).to_string()),
                ConceptPick::Concept(group) => match places.get(&(*group, concept.id.clone())) {
                    Some(at) => self.record_at(plan, *group, *at)?,
                    None => return self.error("a concept"),
                },
                ConceptPick::Path(group) => {
                    let path: Vec<usize> = concept
                        .path
                        .iter()
                        .filter_map(|id| places.get(&(*group, id.clone())).copied())
                        .collect();
                    self.list_of(&path, |shaper, at| shaper.record_at(plan, *group, at))?;
                }
            }
        }
        self.out.push('}');
        Ok(())
    }

    fn bucket(
        &mut self,
        plan: &SearchPlan,
        facet: Facet,
        parts: &[(Box<str>, BucketPick)],
        (value, count): &(String, u32),
        places: &Places,
    ) -> Result<(), ShapeError> {
        self.out.push('{');
        for (index, (key, part)) in parts.iter().enumerate() {
            self.key(key, index == 0);
            match part {
                BucketPick::TypeName => self.name(facet.type_name()),
                BucketPick::Count => self.out.push_str(&count.to_string()),
                BucketPick::Value => self.string(value),
                BucketPick::Record(group) => match places.get(&(*group, value.clone())) {
                    Some(at) => self.record_at(plan, *group, *at)?,
                    None => return self.error("a record"),
                },
            }
        }
        self.out.push('}');
        Ok(())
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
    ) {
        let Page { backward, after, before, .. } = &plan.page;
        let next = if *backward { before.is_some() } else { found.more };
        let previous = if *backward { found.more } else { after.is_some() };
        self.out.push('{');
        for (index, (key, pick)) in fields.iter().enumerate() {
            self.key(key, index == 0);
            let yes_or_no = |yes: bool| if yes { "true" } else { "false" };
            match pick {
                PagePick::TypeName => self.name("PageInfo"),
                PagePick::HasNext => self.out.push_str(yes_or_no(next)),
                PagePick::HasPrevious => self.out.push_str(yes_or_no(previous)),
                PagePick::Start | PagePick::End => {
                    let hit = if *pick == PagePick::Start { hits.first() } else { hits.last() };
                    match hit {
                        Some(hit) => self.place(hit),
                        None => self.out.push_str("null"),
                    }
                }
            }
        }
        self.out.push('}');
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
