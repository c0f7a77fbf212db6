//! The library's own wire types, for what JSON and JavaScript cannot say by themselves.

mod bytes;
mod finite;
mod integers;
mod json;
mod patch;

pub use bytes::Bytes;
pub use finite::Finite;
pub use integers::{I64, SafeInt, U64};
pub use json::Json;
pub use patch::Patch;

/// Gives a type its TypeScript spelling and its JSON Schema, under the feature `codegen`.
macro_rules! described {
    ($ty:ident $(<$param:ident>)?, ts = $ts:expr, schema = $schema:tt) => {
        #[cfg(feature = "codegen")]
        impl $(<$param: ts_rs::TS>)? ts_rs::TS for $ty $(<$param>)? {
            type WithoutGenerics = Self;
            type OptionInnerType = Self;

            fn name(_: &ts_rs::Config) -> String {
                $ts.to_owned()
            }

            fn inline(config: &ts_rs::Config) -> String {
                Self::name(config)
            }
        }

        #[cfg(feature = "codegen")]
        impl schemars::JsonSchema for $ty {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($ty).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}
pub(crate) use described;
