//! How the contract's types are columns: times as milliseconds, what travels whole as JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;
use tautline::{DateTime, Utc, Uuid};
use tautline_server::rusqlite::types::{
    FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef,
};
use tautline_server::rusqlite::{self, Row};

/// A value as JSON. Two that are equal are written equally, so that it can be compared in SQL.
pub(super) struct AsJson<T>(pub(super) T);

impl<T: Serialize> ToSql for AsJson<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let text = serde_json::to_string(&self.0);
        let text = text.map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        Ok(text.into())
    }
}

impl<T: DeserializeOwned> FromSql for AsJson<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let read = serde_json::from_str(value.as_str()?);
        read.map(Self).map_err(|error| FromSqlError::Other(error.into()))
    }
}

/// A column that holds JSON.
pub(super) fn json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    row.get::<_, AsJson<T>>(column).map(|AsJson(value)| value)
}

/// A time as a column takes it.
pub(super) fn ms(time: DateTime<Utc>) -> i64 {
    time.timestamp_millis()
}

/// A column that holds a time.
pub(super) fn time(row: &Row<'_>, column: &str) -> rusqlite::Result<DateTime<Utc>> {
    row.get::<_, i64>(column).map(at)
}

/// A column that may hold a time.
pub(super) fn optional_time(
    row: &Row<'_>,
    column: &str,
) -> rusqlite::Result<Option<DateTime<Utc>>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(at))
}

/// A column that may hold an id.
pub(super) fn optional_id<T>(
    row: &Row<'_>,
    column: &str,
    id: impl FnOnce(Uuid) -> T,
) -> rusqlite::Result<Option<T>> {
    Ok(row.get::<_, Option<Uuid>>(column)?.map(id))
}

fn at(ms: i64) -> DateTime<Utc> {
    // Written by `ms`, and so within the calendar.
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}
