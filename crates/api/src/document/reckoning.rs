//! How much an answer of `__schema` and `__type` would hold, reckoned before it is made: a short
//! document can ask for the whole schema many times over.

use apollo_compiler::collections::HashSet;
use apollo_compiler::executable::{Operation, Selection, SelectionSet};
use apollo_compiler::schema::{ExtendedType, FieldDefinition};
use apollo_compiler::{ExecutableDocument, Schema};

use crate::errors::Failure;

/// Values in an answer at most; asking for everything once, as tools do, takes a third of it.
const MOST_VALUES: u64 = 400_000;

/// How long the lists of a type are.
#[derive(Clone, Copy, Debug, Default)]
struct Lists {
    fields: u64,
    input_fields: u64,
    enum_values: u64,
    interfaces: u64,
    possible_types: u64,
}

/// The measures of a schema.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reckoner {
    types: u64,
    directives: u64,
    arguments: u64,
    /// On average over all types.
    any: Lists,
    /// On average over the types that fields and arguments have.
    referred: Lists,
    /// The longest.
    largest: Lists,
}

impl Reckoner {
    pub fn new(schema: &Schema) -> Self {
        let lists: Vec<Lists> = schema.types.values().map(|ty| lists_of(schema, ty)).collect();
        let fields: Vec<_> = schema.types.values().flat_map(fields_of).collect();
        let arguments = fields.iter().map(|field| field.arguments.len()).sum::<usize>();
        let referred: Vec<Lists> = fields
            .iter()
            .map(|field| field.ty.inner_named_type())
            .chain(
                fields
                    .iter()
                    .flat_map(|field| &field.arguments)
                    .map(|argument| argument.ty.inner_named_type()),
            )
            .filter_map(|name| schema.types.get(name))
            .map(|ty| lists_of(schema, ty))
            .collect();
        Self {
            types: count(schema.types.len()),
            directives: count(schema.directive_definitions.len()),
            arguments: count(arguments.div_ceil(fields.len().max(1))),
            any: average(&lists),
            referred: average(&referred),
            largest: largest(&lists),
        }
    }

    /// Refuses an operation that asks for too much of the schema, or in too many fields.
    pub fn check(
        &self,
        document: &ExecutableDocument,
        operation: &Operation,
        max_fields: usize,
    ) -> Result<(), Failure> {
        let mut reckoning =
            Reckoning { of: self, document, fields: max_fields, visiting: HashSet::default() };
        let values = reckoning.values(&operation.selection_set, self.largest, 1)?;
        if values > MOST_VALUES {
            return Err(Failure::too_complex("the operation asks for too much of the schema at once"));
        }
        Ok(())
    }
}

struct Reckoning<'a> {
    of: &'a Reckoner,
    document: &'a ExecutableDocument,
    /// How many more fields are looked at.
    fields: usize,
    visiting: HashSet<&'a str>,
}

impl<'a> Reckoning<'a> {
    fn values(&mut self, set: &'a SelectionSet, lists: Lists, times: u64) -> Result<u64, Failure> {
        let mut values = 0_u64;
        for selection in &set.selections {
            self.fields = self.fields.checked_sub(1).ok_or_else(|| {
                Failure::too_complex("the operation asks for the schema in too many fields")
            })?;
            let more = match selection {
                Selection::InlineFragment(fragment) => self.values(&fragment.selection_set, lists, times)?,
                Selection::FragmentSpread(spread) => {
                    match self.document.fragments.get(&spread.fragment_name) {
                        Some(fragment) if self.visiting.insert(spread.fragment_name.as_str()) => {
                            let values = self.values(&fragment.selection_set, lists, times)?;
                            self.visiting.remove(spread.fragment_name.as_str());
                            values
                        }
                        _ => 0,
                    }
                }
                Selection::Field(field) => {
                    let (lists, each) = self.below(field.name.as_str(), lists);
                    let times = times.saturating_mul(each);
                    times.saturating_add(self.values(&field.selection_set, lists, times)?)
                }
            };
            values = values.saturating_add(more);
        }
        Ok(values)
    }

    /// The lists of the types below a field, and how many values it has. Fields of the API itself
    /// are reckoned elsewhere: below them there is no schema.
    fn below(&self, field: &str, lists: Lists) -> (Lists, u64) {
        match field {
            "types" => (self.of.any, self.of.types),
            "directives" => (self.of.referred, self.of.directives),
            "fields" => (self.of.referred, lists.fields),
            "inputFields" => (self.of.referred, lists.input_fields),
            "args" => (self.of.referred, self.of.arguments),
            "enumValues" => (lists, lists.enum_values),
            "interfaces" => (self.of.referred, lists.interfaces),
            "possibleTypes" => (self.of.referred, lists.possible_types),
            "queryType" | "mutationType" | "subscriptionType" => (self.of.largest, 1),
            _ => (lists, 1),
        }
    }
}

fn fields_of(ty: &ExtendedType) -> Vec<&FieldDefinition> {
    match ty {
        ExtendedType::Object(ty) => ty.fields.values().map(|field| &*field.node).collect(),
        ExtendedType::Interface(ty) => ty.fields.values().map(|field| &*field.node).collect(),
        _ => Vec::new(),
    }
}

fn lists_of(schema: &Schema, ty: &ExtendedType) -> Lists {
    let mut lists = Lists::default();
    match ty {
        ExtendedType::Object(ty) => {
            lists.fields = count(ty.fields.len());
            lists.interfaces = count(ty.implements_interfaces.len());
        }
        ExtendedType::Interface(ty) => {
            lists.fields = count(ty.fields.len());
            let implements = |other: &&ExtendedType| matches!(other, ExtendedType::Object(object) if object.implements_interfaces.iter().any(|name| **name == ty.name));
            lists.possible_types = count(schema.types.values().filter(implements).count());
        }
        ExtendedType::Union(ty) => lists.possible_types = count(ty.members.len()),
        ExtendedType::Enum(ty) => lists.enum_values = count(ty.values.len()),
        ExtendedType::InputObject(ty) => lists.input_fields = count(ty.fields.len()),
        ExtendedType::Scalar(_) => {}
    }
    lists
}

fn average(all: &[Lists]) -> Lists {
    let number = count(all.len()).max(1);
    let of = |read: fn(&Lists) -> u64| all.iter().map(read).sum::<u64>().div_ceil(number);
    each(of)
}

fn largest(all: &[Lists]) -> Lists {
    each(|read| all.iter().map(read).max().unwrap_or(0))
}

fn each(of: impl Fn(fn(&Lists) -> u64) -> u64) -> Lists {
    Lists {
        fields: of(|lists| lists.fields),
        input_fields: of(|lists| lists.input_fields),
        enum_values: of(|lists| lists.enum_values),
        interfaces: of(|lists| lists.interfaces),
        possible_types: of(|lists| lists.possible_types),
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use apollo_compiler::introspection::partial_execute;
    use apollo_compiler::response::{JsonMap, JsonValue};
    use apollo_compiler::validation::Valid;

    use super::*;

    const TYPE: &str = "fragment T on __Type { kind name description fields(includeDeprecated: true) { name \
        description isDeprecated deprecationReason type { ...N } args { name description defaultValue type { ...N } } } \
        inputFields { name description defaultValue type { ...N } } interfaces { ...N } possibleTypes { ...N } \
        enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } } \
        fragment N on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";
    const ALL: &str = "queryType { name } mutationType { name } types { ...T } \
        directives { name description locations args { name type { ...N } } }";

    fn schema() -> Valid<Schema> {
        Schema::parse_and_validate(crate::Api::sdl(), "schema.graphql").unwrap()
    }

    fn values_in(value: &JsonValue) -> u64 {
        match value {
            JsonValue::Array(items) => items.iter().map(values_in).sum(),
            JsonValue::Object(fields) => fields.values().map(|value| 1 + values_in(value)).sum(),
            _ => 0,
        }
    }

    #[test]
    fn the_whole_schema_fits_and_the_reckoning_is_of_its_size() {
        let schema = schema();
        let text = format!("{{ __schema {{ {ALL} }} }} {TYPE}");
        let document = ExecutableDocument::parse_and_validate(&schema, text, "all.graphql").unwrap();
        let operation = document.operations.get(None).unwrap();
        let reckoner = Reckoner::new(&schema);
        reckoner.check(&document, operation, 3_000).unwrap();
        let mut reckoning =
            Reckoning { of: &reckoner, document: &document, fields: 3_000, visiting: HashSet::default() };
        let expected = reckoning.values(&operation.selection_set, reckoner.largest, 1).unwrap();
        let variables = Valid::assume_valid(JsonMap::new());
        let answer =
            partial_execute(&schema, &schema.implementers_map(), &document, operation, &variables).unwrap();
        let real = values_in(&JsonValue::Object(answer.data.unwrap()));
        assert!(expected > real / 2 && expected < real * 4, "{expected} reckoned, {real} in the answer");
        assert!(expected < MOST_VALUES / 2, "{expected}");
    }

    #[test]
    fn the_schema_many_times_over_is_refused() {
        let schema = schema();
        let reckoner = Reckoner::new(&schema);
        let times = |most: u32, text: &str| {
            (0..most).map(|n| text.replace('#', &n.to_string())).collect::<Vec<_>>().concat()
        };
        let roots = times(50, " a#: __schema { types { ...T } }");
        let types = times(80, " a#: types { ...T }");
        let nested = times(4, " a#: types { fields { type { ...T } } }");
        let doubled: Vec<String> = (0..14)
            .map(|n| {
                format!(
                    " fragment F{n} on __Type {{ a: ofType {{ ...F{m} }} b: ofType {{ ...F{m} }} }}",
                    m = n + 1
                )
            })
            .collect();
        let doubled = doubled.concat();
        for text in [
            format!("{{ {roots} }} {TYPE}"),
            format!("{{ __schema {{ {types} }} }} {TYPE}"),
            format!("{{ __schema {{ {nested} }} }} {TYPE}"),
            format!("{{ __schema {{ types {{ ...F0 }} }} }} {doubled} fragment F14 on __Type {{ name }}"),
        ] {
            let document = ExecutableDocument::parse_and_validate(&schema, &text, "much.graphql").unwrap();
            let operation = document.operations.get(None).unwrap();
            assert!(reckoner.check(&document, operation, 3_000).is_err(), "{text}");
        }
    }
}
