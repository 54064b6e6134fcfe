//! A value of a closed set in a column, by its code: the one wrapper for all of them.

use maip_domain::closed_set::ClosedSet;
use sea_orm::sea_query::{ArrayType, ColumnType, Nullable, ValueType, ValueTypeErr};
use sea_orm::{ColIdx, DbErr, QueryResult, TryFromU64, TryGetError, TryGetable, Value};

/// A value of the closed set `T` as a column holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code<T>(pub T);

impl<T: ClosedSet> From<T> for Code<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T: ClosedSet> From<Code<T>> for Value {
    fn from(code: Code<T>) -> Self {
        code.0.code().into()
    }
}

impl<T: ClosedSet> Nullable for Code<T> {
    fn null() -> Value {
        String::null()
    }
}

impl<T: ClosedSet> ValueType for Code<T> {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        let text = <String as ValueType>::try_from(value)?;
        T::from_code(&text).map(Self).ok_or(ValueTypeErr)
    }

    fn type_name() -> String {
        T::NAME.to_owned()
    }

    fn array_type() -> ArrayType {
        ArrayType::String
    }

    fn column_type() -> ColumnType {
        ColumnType::Text
    }
}

impl<T: ClosedSet> TryGetable for Code<T> {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        let text = String::try_get_by(row, index)?;
        T::from_code(&text)
            .map(Self)
            .ok_or_else(|| TryGetError::DbErr(DbErr::Type(format!("{text} is no code of {}", T::NAME))))
    }
}

/// A code may be part of a key, and never is a number that the database makes.
impl<T: ClosedSet> TryFromU64 for Code<T> {
    fn try_from_u64(_: u64) -> Result<Self, DbErr> {
        Err(DbErr::ConvertFromU64(T::NAME))
    }
}
