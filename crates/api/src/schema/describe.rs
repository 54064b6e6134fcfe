//! Makes the registry's descriptions of types; every one of them says what it is.

use async_graphql::indexmap::IndexMap;
use async_graphql::registry::{Deprecation, MetaEnumValue, MetaField, MetaInputValue, MetaType};
use maip_persistence::read::declare::{Deprecation as Declared, EnumInfo};

/// The scalars of this API beside GraphQL's own: what they are, and where that is specified.
const SCALARS: &[(&str, &str, Option<&str>)] = &[
    (
        "_Any",
        "A record as a gateway names it: `__typename`, and the fields of one of its keys.",
        Some(
            "https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec",
        ),
    ),
    (
        "CountryCode",
        "A country by its code of three capital letters (ISO 3166-1 alpha-3), such as `MWI`.",
        Some("https://www.iso.org/iso-3166-country-codes.html"),
    ),
    ("Date", "A day of the calendar, `YYYY-MM-DD`.", Some("https://www.rfc-editor.org/rfc/rfc3339")),
    (
        "DateTime",
        "An instant by RFC 3339. Answers are in UTC with microseconds; inputs may have any offset.",
        Some("https://www.rfc-editor.org/rfc/rfc3339"),
    ),
    ("Decimal", "A decimal number as text, such as `1250.50`, so that no digit is lost.", None),
    (
        "JSON",
        "A value of any form, as it was sent or kept; only in conflicts.",
        Some("https://www.rfc-editor.org/rfc/rfc8259"),
    ),
    (
        "LanguageCode",
        "A language by its tag of BCP 47: language, script and region as far as needed, such as `ny` or `zh-Hant`.",
        Some("https://www.rfc-editor.org/info/bcp47"),
    ),
    (
        "Upload",
        "A file that comes with the request: null in `operations`, and named in `map`.",
        Some("https://github.com/jaydenseric/graphql-multipart-request-spec"),
    ),
];

pub(super) fn scalar(name: &str) -> MetaType {
    let known = SCALARS.iter().find(|(scalar, ..)| *scalar == name);
    MetaType::Scalar {
        name: name.to_owned(),
        description: known.map(|(_, description, _)| (*description).to_owned()),
        is_valid: None,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        specified_by_url: known.and_then(|(_, _, url)| *url).map(str::to_owned),
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

/// Whether it is a scalar of ours.
pub(super) fn is_own_scalar(name: &str) -> bool {
    SCALARS.iter().any(|(scalar, ..)| *scalar == name)
}

pub(super) fn closed(info: &EnumInfo) -> MetaType {
    enumeration(info.name, info.description, info.members.iter().copied())
}

pub(super) fn enumeration<'a>(
    name: &str,
    description: &str,
    members: impl Iterator<Item = (&'a str, &'a str)>,
) -> MetaType {
    MetaType::Enum {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        enum_values: members.map(|(code, description)| (code.to_owned(), value(code, description))).collect(),
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        // The same set may be met first as a field's type and then as an input's.
        rust_typename: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

fn value(code: &str, description: &str) -> MetaEnumValue {
    MetaEnumValue {
        name: code.to_owned(),
        description: Some(description.to_owned()),
        deprecation: Deprecation::NoDeprecated,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        directive_invocations: Vec::new(),
    }
}

pub(super) fn object(name: &str, description: &str, fields: Vec<MetaField>) -> MetaType {
    MetaType::Object {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        fields: named(fields),
        cache_control: async_graphql::registry::CacheControl::default(),
        extends: false,
        shareable: false,
        resolvable: true,
        keys: None,
        visible: None,
        inaccessible: false,
        interface_object: false,
        tags: Vec::new(),
        is_subscription: false,
        rust_typename: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

pub(super) fn interface(
    name: &str,
    description: &str,
    fields: Vec<MetaField>,
    types: impl Iterator<Item = String>,
) -> MetaType {
    MetaType::Interface {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        fields: named(fields),
        possible_types: types.collect(),
        extends: false,
        keys: None,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        rust_typename: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

/// An object that a gateway can ask for by these keys.
pub(super) fn with_keys(mut object: MetaType, own: Vec<String>) -> MetaType {
    if let (MetaType::Object { keys, .. }, false) = (&mut object, own.is_empty()) {
        *keys = Some(own);
    }
    object
}

/// An object that other subgraphs may have too, with the same meaning.
pub(super) fn shared(mut object: MetaType) -> MetaType {
    if let MetaType::Object { shareable, .. } = &mut object {
        *shareable = true;
    }
    object
}

pub(super) fn union(name: &str, description: &str, types: impl Iterator<Item = String>) -> MetaType {
    MetaType::Union {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        possible_types: types.collect(),
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        rust_typename: None,
        directive_invocations: Vec::new(),
    }
}

fn named(fields: Vec<MetaField>) -> IndexMap<String, MetaField> {
    fields.into_iter().map(|field| (field.name.clone(), field)).collect()
}

pub(super) fn input(name: &str, description: &str, fields: Vec<MetaInputValue>) -> MetaType {
    MetaType::InputObject {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        input_fields: fields.into_iter().map(|field| (field.name.clone(), field)).collect(),
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        rust_typename: None,
        oneof: false,
        directive_invocations: Vec::new(),
    }
}

pub(super) fn field(name: &str, ty: impl Into<String>, description: &str) -> MetaField {
    field_with(name, ty, description, Vec::new())
}

/// The same, on its way out where a declaration says so.
pub(super) fn leaving(field: MetaField, declared: Option<&Declared>) -> MetaField {
    let deprecation = declared.map_or(Deprecation::NoDeprecated, |declared| Deprecation::Deprecated {
        reason: Some(declared.reason()),
    });
    MetaField { deprecation, ..field }
}

pub(super) fn field_with(
    name: &str,
    ty: impl Into<String>,
    description: &str,
    arguments: Vec<MetaInputValue>,
) -> MetaField {
    MetaField {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        args: arguments.into_iter().map(|argument| (argument.name.clone(), argument)).collect(),
        ty: ty.into(),
        deprecation: Deprecation::NoDeprecated,
        cache_control: async_graphql::registry::CacheControl::default(),
        external: false,
        requires: None,
        provides: None,
        visible: None,
        shareable: false,
        inaccessible: false,
        tags: Vec::new(),
        override_from: None,
        compute_complexity: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

pub(super) fn argument(name: &str, ty: impl Into<String>, description: &str) -> MetaInputValue {
    MetaInputValue {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        ty: ty.into(),
        deprecation: Deprecation::NoDeprecated,
        default_value: None,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        is_secret: false,
        directive_invocations: Vec::new(),
    }
}
