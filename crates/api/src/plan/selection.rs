//! What is wanted of a record.

use maip_domain::vocabulary::preference::MOST_LANGUAGES;
use maip_domain::vocabulary::{LanguagePreferences, LanguageTag};
use maip_persistence::read::declare::{Cardinality, Entity, Relation, Scalar, Source};
use maip_persistence::read::plan::{FilterValue, Item, PermissionPart, Pick, Preferred, Selection};

use super::{Planner, Refusal, filter, given};
use crate::document::collect::Collected;
use crate::schema::names;

impl Planner<'_> {
    /// Plans fields of a type for so many records of it.
    pub(super) fn selection(
        &mut self,
        entity: &'static Entity,
        fields: &[Collected],
        records: u64,
    ) -> Result<Selection, Refusal> {
        let mut items = Vec::with_capacity(fields.len());
        for field in fields {
            let pick = self.pick(entity, field, records)?;
            items.push(Item { key: field.key.as_str().into(), pick });
        }
        Ok(Selection { entity, items })
    }

    fn pick(&mut self, entity: &'static Entity, field: &Collected, records: u64) -> Result<Pick, Refusal> {
        let name = field.name();
        if name == "__typename" {
            return Ok(Pick::TypeName);
        }
        if let Some(declared) = entity.field(name) {
            if let Source::Given | Source::GivenList = declared.source {
                return Ok(Pick::Given(given::value(entity, declared, &self.documents.settings)));
            }
            return Ok(Pick::Field(declared));
        }
        if let Some(relation) = entity.relation(name) {
            return self.relation(relation, field, records);
        }
        if name == names::VIEWER_CAN {
            return Ok(Pick::Permissions(permission_parts(field)));
        }
        Err(self.refuse(field, "no such field"))
    }

    fn relation(
        &mut self,
        relation: &'static Relation,
        field: &Collected,
        records: u64,
    ) -> Result<Pick, Refusal> {
        let target = relation.target;
        match relation.cardinality {
            Cardinality::One { .. } if relation.in_languages => {
                let languages = self.languages(field)?;
                let below = self.cost.records(records, 1).map_err(Refusal::Request)?;
                let selection =
                    self.inside(field, |planner| planner.selection(target, field.fields(), below))?;
                Ok(Pick::Preferred(relation, languages, selection))
            }
            Cardinality::One { .. } => {
                let below = self.cost.records(records, 1).map_err(Refusal::Request)?;
                let selection =
                    self.inside(field, |planner| planner.selection(target, field.fields(), below))?;
                Ok(Pick::One(relation, selection))
            }
            Cardinality::Many { max, .. } => {
                let below = self.cost.short_list(records, max).map_err(Refusal::Request)?;
                let selection =
                    self.inside(field, |planner| planner.selection(target, field.fields(), below))?;
                Ok(Pick::Many(relation, max, selection))
            }
            Cardinality::Connection => {
                let plan = self.connection(target, (None, None), field, records)?;
                Ok(Pick::Connection(relation, plan))
            }
        }
    }
}

impl Planner<'_> {
    /// The languages that a field is given, else those of the request.
    fn languages(&mut self, field: &Collected) -> Result<Preferred, Refusal> {
        let arguments = self.arguments(field)?;
        let Some(asked) = given(&arguments, names::LANGUAGES) else {
            let accepted = self.accept_language.unwrap_or_default();
            let preferred = || Preferred::from(&LanguagePreferences::accepted(accepted));
            return Ok(self.languages.get_or_insert_with(preferred).clone());
        };
        let one = std::slice::from_ref(asked);
        let asked = asked.as_array().map_or(one, Vec::as_slice);
        if asked.len() > MOST_LANGUAGES {
            let message = format!("{}: {MOST_LANGUAGES} at most", names::LANGUAGES);
            return Err(self.refuse(field, &message));
        }
        let tags = asked.iter().map(|tag| match filter::scalar(Scalar::Language, tag)? {
            FilterValue::Text(tag) => tag.parse::<LanguageTag>().map_err(|error| error.to_string()),
            _ => Err("not a text".to_owned()),
        });
        let preferences: LanguagePreferences = tags
            .collect::<Result<_, _>>()
            .map_err(|message| self.refuse(field, &format!("{}: {message}", names::LANGUAGES)))?;
        Ok(Preferred::from(&preferences))
    }
}

fn permission_parts(field: &Collected) -> Vec<(Box<str>, PermissionPart)> {
    field
        .fields()
        .iter()
        .map(|below| {
            let part = match below.name() {
                "action" => PermissionPart::Action,
                "allowed" => PermissionPart::Allowed,
                "reason" => PermissionPart::Reason,
                _ => PermissionPart::TypeName,
            };
            (below.key.as_str().into(), part)
        })
        .collect()
}
