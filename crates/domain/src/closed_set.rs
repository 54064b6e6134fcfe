//! Closed sets of values: written once here, served to GraphQL and to the databases by one generic
//! wrapper each.

/// What is known about one value of a closed set.
#[derive(Clone, Copy, Debug)]
pub struct Member<T: 'static> {
    /// The value.
    pub value: T,
    /// Its code in the API and in the databases, such as `PRODUCER_ORGANISATION`.
    pub code: &'static str,
    /// What it means, for the author of a frontend.
    pub description: &'static str,
}

/// A closed set of values.
pub trait ClosedSet: Copy + Eq + Send + Sync + 'static {
    /// Its name in the API.
    const NAME: &'static str;
    /// What it is, and whether it may grow.
    const DESCRIPTION: &'static str;
    /// Its members, in the order in which they are shown.
    const MEMBERS: &'static [Member<Self>];

    /// The code of this value.
    #[must_use]
    fn code(self) -> &'static str {
        Self::MEMBERS.iter().find(|m| m.value == self).map_or("", |m| m.code)
    }

    /// The value with this code.
    #[must_use]
    fn from_code(code: &str) -> Option<Self> {
        Self::MEMBERS.iter().find(|m| m.code == code).map(|m| m.value)
    }
}

/// Declares an enum and its [`ClosedSet`].
#[macro_export]
macro_rules! closed_set {
    ($(#[doc = $description:literal])+ $vis:vis enum $name:ident {
        $(#[doc = $member_doc:literal] $variant:ident = $code:literal,)+
    }) => {
        $(#[doc = $description])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name {
            $(#[doc = $member_doc] $variant,)+
        }

        impl $crate::closed_set::ClosedSet for $name {
            const NAME: &'static str = stringify!($name);
            const DESCRIPTION: &'static str = concat!($($description),+).trim_ascii();
            const MEMBERS: &'static [$crate::closed_set::Member<Self>] = &[
                $($crate::closed_set::Member {
                    value: Self::$variant,
                    code: $code,
                    description: $member_doc.trim_ascii(),
                },)+
            ];
        }
    };
}
