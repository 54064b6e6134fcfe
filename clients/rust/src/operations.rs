//! The operations of the files beside this one, each with the types of its variables and of its data.

use graphql_client::GraphQLQuery;

/// The scalars of the schema, under the names that it has for them.
type CountryCode = String;
type DateTime = String;
type Decimal = String;
type LanguageCode = String;

/// Operations of a file with their types, whose variables derive something.
macro_rules! operations {
    ($file:tt, $derives:tt: $($name:ident)+) => {
        $(
            #[derive(GraphQLQuery)]
            #[graphql(
                schema_path = "../../schema.graphql",
                query_path = $file,
                variables_derives = $derives,
                skip_serializing_none,
                response_derives = "Debug, Clone, PartialEq"
            )]
            pub struct $name;
        )+
    };
}

operations! { "src/sign_in.graphql", "Default": SignIn }
operations! { "src/operations.graphql", "Default": Lessons Managed DraftLesson MembershipChanged }
// There is no role by default.
operations! { "src/operations.graphql", "Clone": ChangeRole }
