//! The search over several types.

use apollo_compiler::response::{JsonMap, JsonValue};
use maip_domain::closed_set::ClosedSet as _;
use maip_domain::search::rank::MAX_QUERY;
use maip_domain::search::{Asked, SearchKind, typed_so_far};
use maip_persistence::read::declare::{Entity, FilterType, Scalar};
use maip_persistence::read::plan::{FilterValue, NodeGroup, RootRead};
use maip_persistence::read::search::{
    BucketPick, ByType, ConceptPick, Facet, FacetPicks, HitPick, MAX_VALUES, RANKED, SearchPick, SearchPlan,
    SuggestPick, SuggestPlan, TermPick, WhyPick, entity_of,
};

use super::connection::{page, page_info, size};
use super::{Planner, Refusal, filter, given};
use crate::document::collect::Collected;
use crate::schema::search::{FACETS, FacetField, MAX_SUGGESTIONS, SUGGESTIONS};

impl Planner<'_> {
    pub(super) fn search(&mut self, field: &Collected) -> Result<RootRead, Refusal> {
        let arguments = self.arguments(field)?;
        let asked = asked(&arguments).map_err(|message| self.refuse(field, &message))?;
        let filters = filters(given(&arguments, "filter")).map_err(|message| self.refuse(field, &message))?;
        let page = page(&arguments, &RANKED, true).map_err(|message| self.refuse(field, &message))?;
        self.cost.search().map_err(Refusal::Request)?;
        let records = self.cost.records(1, u64::from(page.size)).map_err(Refusal::Request)?;
        let mut groups = Vec::new();
        let parts = self.inside(field, |planner| planner.search_parts(field, records, &mut groups))?;
        let kinds = kinds(given(&arguments, "in"));
        Ok(RootRead::Search(Box::new(SearchPlan { asked, kinds, filters, page, parts, groups, found: None })))
    }

    pub(super) fn suggest(&mut self, field: &Collected) -> Result<RootRead, Refusal> {
        let arguments = self.arguments(field)?;
        let text = given(&arguments, "text").and_then(JsonValue::as_str).unwrap_or_default();
        if text.chars().nth(MAX_QUERY).is_some() {
            return Err(self.refuse(field, &format!("text: {MAX_QUERY} characters at most")));
        }
        let first = size(&arguments, "first").map_err(|message| self.refuse(field, &message))?;
        let first = first.unwrap_or(SUGGESTIONS);
        if first > MAX_SUGGESTIONS {
            return Err(self.refuse(field, &format!("`first` is 0 at least and {MAX_SUGGESTIONS} at most")));
        }
        let languages = given(&arguments, "language").map(|value| {
            filter::filter_value(FilterType::AnyOf(Scalar::Language), value)
                .map_err(|message| self.refuse(field, &format!("language: {message}")))
        });
        let languages = match languages.transpose()? {
            Some(FilterValue::Texts(languages)) => Some(languages),
            Some(FilterValue::Text(language)) => Some(vec![language]),
            _ => None,
        };
        self.cost.suggest().map_err(Refusal::Request)?;
        let parts = picks(field, |part| {
            Ok(match part.name() {
                "text" => SuggestPick::Text,
                "language" => SuggestPick::Language,
                "kind" => SuggestPick::Kind,
                "nodeId" => SuggestPick::NodeId,
                _ => SuggestPick::TypeName,
            })
        })?;
        let first = usize::try_from(first).unwrap_or_default();
        let typed = typed_so_far(text);
        Ok(RootRead::Suggest(Box::new(SuggestPlan { typed, languages, first, parts, found: Vec::new() })))
    }

    fn search_parts(
        &mut self,
        field: &Collected,
        records: u64,
        groups: &mut Vec<NodeGroup>,
    ) -> Result<Vec<(Box<str>, SearchPick)>, Refusal> {
        picks(field, |part| {
            Ok(match part.name() {
                "nodes" => {
                    SearchPick::Nodes(self.inside(part, |planner| planner.found(part, records, groups))?)
                }
                "edges" => SearchPick::Edges(picks(part, |below| {
                    self.inside(part, |planner| planner.hit(below, records, groups))
                })?),
                "pageInfo" => SearchPick::PageInfo(page_info(part)),
                "totalCount" => SearchPick::TotalCount,
                "totalCountIsExact" => SearchPick::TotalCountIsExact,
                "facets" => SearchPick::Facets(self.inside(part, |planner| planner.facets(part, groups))?),
                _ => SearchPick::TypeName,
            })
        })
    }

    /// The records of the hits, those of each type in a group of their own.
    fn found(
        &mut self,
        field: &Collected,
        records: u64,
        groups: &mut Vec<NodeGroup>,
    ) -> Result<ByType, Refusal> {
        let mut by_type = ByType::new();
        for member in SearchKind::MEMBERS {
            let entity = entity_of(member.value);
            let selection = self.selection_for_type(field, entity, records)?;
            groups.push(NodeGroup { selection, column: None, keys: Vec::new() });
            by_type.push((entity, groups.len() - 1));
        }
        Ok(by_type)
    }

    fn hit(
        &mut self,
        field: &Collected,
        records: u64,
        groups: &mut Vec<NodeGroup>,
    ) -> Result<HitPick, Refusal> {
        Ok(match field.name() {
            "cursor" => HitPick::Cursor,
            "node" => HitPick::Node(self.found(field, records, groups)?),
            "whyMatched" => HitPick::Why(picks(field, |below| {
                Ok(match below.name() {
                    "language" => WhyPick::Language,
                    "translationLanguages" => WhyPick::Translations,
                    "terms" => WhyPick::Terms(picks(below, |part| Ok(term(part)))?),
                    "concepts" => {
                        let concepts = self.cost.short_list(records, 5).map_err(Refusal::Request)?;
                        WhyPick::Concepts(picks(below, |part| self.matched(part, concepts, groups))?)
                    }
                    _ => WhyPick::TypeName,
                })
            })?),
            _ => HitPick::TypeName,
        })
    }

    fn matched(
        &mut self,
        field: &Collected,
        records: u64,
        groups: &mut Vec<NodeGroup>,
    ) -> Result<ConceptPick, Refusal> {
        let concept = &maip_persistence::vocabulary::read::CONCEPT;
        Ok(match field.name() {
            "concept" => ConceptPick::Concept(self.group_of(field, concept, records, groups)?),
            "path" => ConceptPick::Path(self.group_of(field, concept, records, groups)?),
            "label" => ConceptPick::Label,
            "labelLanguage" => ConceptPick::LabelLanguage,
            "distance" => ConceptPick::Distance,
            _ => ConceptPick::TypeName,
        })
    }

    fn group_of(
        &mut self,
        field: &Collected,
        entity: &'static Entity,
        records: u64,
        groups: &mut Vec<NodeGroup>,
    ) -> Result<usize, Refusal> {
        let selection = self.inside(field, |planner| planner.selection(entity, field.fields(), records))?;
        groups.push(NodeGroup { selection, column: None, keys: Vec::new() });
        Ok(groups.len() - 1)
    }

    fn facets(&mut self, field: &Collected, groups: &mut Vec<NodeGroup>) -> Result<FacetPicks, Refusal> {
        picks(field, |part| {
            let Some(declared) = FACETS.iter().find(|declared| declared.name == part.name()) else {
                return Ok(None);
            };
            let values = self.cost.records(1, MAX_VALUES).map_err(Refusal::Request)?;
            Ok(Some((declared.facet, self.buckets(declared, part, values, groups)?)))
        })
    }

    fn buckets(
        &mut self,
        declared: &FacetField,
        field: &Collected,
        values: u64,
        groups: &mut Vec<NodeGroup>,
    ) -> Result<Vec<(Box<str>, BucketPick)>, Refusal> {
        picks(field, |part| {
            Ok(match (part.name(), declared.entity) {
                ("count", _) => BucketPick::Count,
                (name, Some(entity)) if name == declared.value => {
                    BucketPick::Record(self.group_of(part, entity, values, groups)?)
                }
                (name, None) if name == declared.value => BucketPick::Value,
                _ => BucketPick::TypeName,
            })
        })
    }
}

/// What is to be answered for each field below this one, by its response key.
fn picks<T>(
    field: &Collected,
    mut pick: impl FnMut(&Collected) -> Result<T, Refusal>,
) -> Result<Vec<(Box<str>, T)>, Refusal> {
    field.fields().iter().map(|part| Ok((part.key.as_str().into(), pick(part)?))).collect()
}

fn term(field: &Collected) -> TermPick {
    match field.name() {
        "word" => TermPick::Word,
        "inTitle" => TermPick::InTitle,
        "correctedTo" => TermPick::CorrectedTo,
        _ => TermPick::TypeName,
    }
}

fn asked(arguments: &JsonMap) -> Result<Asked, String> {
    let text = given(arguments, "query").and_then(JsonValue::as_str).unwrap_or_default();
    if text.trim().is_empty() {
        return Err("query: say what to search for".to_owned());
    }
    // Counted no further than needed: it may be a megabyte.
    if text.chars().nth(MAX_QUERY).is_some() {
        return Err(format!("query: {MAX_QUERY} characters at most"));
    }
    Ok(Asked::of(text))
}

fn kinds(value: Option<&JsonValue>) -> Vec<SearchKind> {
    let Some(value) = value else { return SearchKind::MEMBERS.iter().map(|member| member.value).collect() };
    let one = std::slice::from_ref(value);
    let codes = value.as_array().map_or(one, Vec::as_slice);
    codes.iter().filter_map(JsonValue::as_str).filter_map(SearchKind::from_code).collect()
}

fn filters(value: Option<&JsonValue>) -> Result<Vec<(Facet, FilterValue)>, String> {
    let Some(fields) = value.and_then(JsonValue::as_object) else { return Ok(Vec::new()) };
    let mut filters = Vec::new();
    for declared in FACETS {
        let Some(takes) = declared.takes() else { continue };
        if let Some(value) = given(fields, declared.filter) {
            let value = filter::filter_value(takes, value)
                .map_err(|message| format!("filter.{}: {message}", declared.filter))?;
            filters.push((declared.facet, value));
        }
    }
    Ok(filters)
}

impl FacetField {
    /// What a filter by it takes; none where there is no such filter.
    fn takes(&self) -> Option<FilterType> {
        match (self.facet, self.entity, self.scalar) {
            (Facet::Kind, ..) => None,
            (_, Some(entity), _) => entity.prefix.map(FilterType::Ids),
            (_, None, scalar) => Some(FilterType::AnyOf(scalar)),
        }
    }
}
