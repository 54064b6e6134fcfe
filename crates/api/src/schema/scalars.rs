//! Scalars of inputs: what arrives is checked here once, so that a handler gets typed values.
//!
//! ```ignore
//! #[derive(InputObject)]
//! /// What a draft is made of.
//! pub struct DraftLessonInput {
//!     /// The id, where the client makes it.
//!     pub id: Option<Id<LessonId>>,
//!     /// The platform for which it is written.
//!     pub platform_id: Id<PlatformId>,
//!     /// How it went.
//!     pub outcome: Option<Closed<Outcome>>,
//!     /// The language of the texts.
//!     pub language: Language,
//! }
//! // in the handler: `input.platform_id.check(&mut refusal, "platformId")` is an `Option<PlatformId>`,
//! // and `input.platform_id.at("platformId")?` a `PlatformId` where nothing else is checked
//! ```
//!
//! A value that isn't of its form is refused before the handler runs; the message says what was
//! wanted. An `ID` can be any text by the specification, so what is wrong with one is answered in
//! the payload, at its field. Texts stay `String`: their rules belong to the field, see
//! `maip_domain::text`.

use std::borrow::Cow;
use std::fmt::Display;
use std::str::FromStr;

use async_graphql::registry::{MetaTypeId, Registry};
use async_graphql::{InputType, InputValueError, InputValueResult, Value};
use maip_domain::id::IdError;
use maip_domain::time::Timestamp;
use maip_domain::vocabulary::country::CountryCode;
use maip_domain::vocabulary::language::LanguageTag;
use maip_persistence::write::{Refusal, UserError, WriteResult};

use super::describe;

/// An id of one type: `Id<LessonId>`. In the schema it is an `ID`. Read it with [`Id::check`] or [`Id::at`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Id<T>(Result<T, IdError>);

impl<T> Id<T> {
    /// The id, or what is wrong with it, at this field of the input.
    ///
    /// # Errors
    /// `INVALID_ID` for a text that is no id, and for an id of another type.
    pub fn at(self, field: &str) -> WriteResult<T> {
        self.0.map_err(|error| UserError::from((field.to_owned(), error)).into())
    }

    /// The id, or what is wrong with it noted at this field of the input, among what else is wrong.
    pub fn check(self, refusal: &mut Refusal, field: &str) -> Option<T> {
        refusal.take(field, self.0)
    }

    /// The ids of a list, with what is wrong noted at the place of each.
    pub fn check_all<C: FromIterator<T>>(refusal: &mut Refusal, field: &str, ids: Vec<Self>) -> C {
        let places = ids.into_iter().enumerate();
        places.filter_map(|(place, id)| id.check(refusal, &format!("{field}.{place}"))).collect()
    }
}

/// An instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTime(pub Timestamp);

/// A country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Country(pub CountryCode);

/// A language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Language(pub LanguageTag);

/// A day, as `YYYY-MM-DD`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Date(pub String);

/// A decimal number, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal(pub String);

/// The name of a file that came with the request; see [`crate::uploads`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload(pub String);

/// A scalar of ours: its name, what it is, and how its text is read.
macro_rules! scalars {
    ($($name:ident($type:literal): $parse:expr, $show:expr;)+) => {
        $(impl InputType for $name {
            type RawValueType = Self;

            fn type_name() -> Cow<'static, str> {
                $type.into()
            }

            fn create_type_info(registry: &mut Registry) -> String {
                registry.create_input_type::<Self, _>(MetaTypeId::Scalar, |_| describe::scalar($type))
            }

            fn parse(value: Option<Value>) -> InputValueResult<Self> {
                let text = text_of(value)?;
                let parse: fn(&str) -> Result<Self, String> = $parse;
                parse(&text).map_err(InputValueError::custom)
            }

            fn to_value(&self) -> Value {
                let show: fn(&Self) -> String = $show;
                Value::String(show(self))
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }
        })+

        /// Reads a text as the scalar with this name; none where it is no scalar of ours.
        pub(crate) fn read(name: &str, text: &str) -> Option<Result<(), String>> {
            match name {
                $($type => {
                    let parse: fn(&str) -> Result<$name, String> = $parse;
                    Some(parse(text).map(drop))
                })+
                _ => None,
            }
        }
    };
}

scalars! {
    DateTime("DateTime"): |text| read_instant(text).map(DateTime), |at| at.0.to_rfc3339();
    Country("CountryCode"): |text| from_text(text).map(Country), |country| country.0.to_string();
    Language("LanguageCode"): |text| from_text(text).map(Language), |language| language.0.to_string();
    Date("Date"): |text| read_date(text).map(|()| Date(text.to_owned())), |date| date.0.clone();
    Decimal("Decimal"): |text| read_decimal(text).map(|()| Decimal(text.to_owned())), |number| number.0.clone();
    Upload("Upload"): |text| Ok(Upload(text.to_owned())), |upload| upload.0.clone();
}

impl<T> InputType for Id<T>
where
    T: FromStr<Err = IdError> + Display + Send + Sync,
{
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        "ID".into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        async_graphql::ID::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let text = text_of(value)?;
        Ok(Self(T::from_str(&text)))
    }

    fn to_value(&self) -> Value {
        self.0.as_ref().map_or(Value::Null, |id| Value::String(id.to_string()))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

fn text_of<T: InputType>(value: Option<Value>) -> Result<String, InputValueError<T>> {
    match value {
        Some(Value::String(text)) => Ok(text),
        other => Err(InputValueError::expected_type(other.unwrap_or_default())),
    }
}

fn from_text<T: FromStr<Err: Display>>(text: &str) -> Result<T, String> {
    T::from_str(text).map_err(|error| error.to_string())
}

/// Reads a `DateTime`.
pub(crate) fn read_instant(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse_rfc3339(text)
        .ok_or_else(|| "not a time of RFC 3339, such as 2025-03-01T09:30:00Z".to_owned())
}

/// Checks that a text is a `Date`.
pub(crate) fn read_date(text: &str) -> Result<(), String> {
    // A day is the form of the instant at which it begins.
    if text.len() == 10 && text.is_ascii() && Timestamp::parse_rfc3339(&format!("{text}T00:00:00Z")).is_some()
    {
        Ok(())
    } else {
        Err("not a day of the form YYYY-MM-DD".to_owned())
    }
}

/// The longest `Decimal`, in characters.
const MAX_DECIMAL: usize = 100;

/// Checks that a text is a `Decimal`. How great one may be belongs to the field.
pub(crate) fn read_decimal(text: &str) -> Result<(), String> {
    if text.len() > MAX_DECIMAL {
        return Err(format!("a decimal number has {MAX_DECIMAL} characters at most"));
    }
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let plain = text.strip_prefix('-').unwrap_or(text);
    let right = match plain.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(plain),
    };
    if right { Ok(()) } else { Err("not a decimal number, such as 1250.50".to_owned()) }
}

#[cfg(test)]
mod tests {
    use maip_persistence::write::WriteError;

    use super::*;
    use maip_domain::id::{AccountId, LessonId};

    #[expect(clippy::unnecessary_wraps, reason = "a value that is there, as parsers take it")]
    fn text(text: &str) -> Option<Value> {
        Some(Value::String(text.to_owned()))
    }

    #[test]
    fn an_id_is_read_for_its_type_and_no_other() {
        let id = "lesson_01h455vb4pex5vsknk084sn02q";
        let read = Id::<LessonId>::parse(text(id)).ok().and_then(|read| read.at("id").ok());
        assert_eq!(read.map(LessonId::into_string).as_deref(), Some(id));
        for (other, message) in [(id, "an id of type lesson"), ("account_1", "not an id")] {
            let read = Id::<AccountId>::parse(text(other)).ok().map(|read| read.at("accountId"));
            let Some(Err(WriteError::Refused(errors))) = read else { panic!("{other} is refused") };
            assert_eq!(errors[0].field.as_deref(), Some("accountId"));
            assert!(errors[0].message.contains(message), "{errors:?}");
        }
        assert!(Id::<LessonId>::parse(Some(Value::from(7))).is_err());
        assert!(Id::<LessonId>::parse(None).is_err());
    }

    #[test]
    fn scalars_are_read_in_one_form() {
        assert!(DateTime::parse(text("2025-03-01T09:30:00+02:00")).is_ok());
        assert!(DateTime::parse(text("2025-03-01")).is_err());
        assert!(Country::parse(text("MWI")).is_ok());
        assert!(Country::parse(text("mw")).is_err());
        assert_eq!(
            Language::parse(text("ZH-hant")).map(|tag| tag.0.into_string()).ok().as_deref(),
            Some("zh-Hant")
        );
        assert!(Date::parse(text("2024-02-29")).is_ok());
        for bad in ["2023-02-29", "2024-2-29", "2024-02-29T", "", "20240229"] {
            assert!(Date::parse(text(bad)).is_err(), "{bad}");
        }
        for good in ["0", "-1", "1250.50", "1234567890123456789.12"] {
            assert!(Decimal::parse(text(good)).is_ok(), "{good}");
        }
        for bad in ["", "-", "1.", ".5", "1e3", "1,5", "--1", "٣"] {
            assert!(Decimal::parse(text(bad)).is_err(), "{bad}");
        }
    }
}
