//! `Patch`: a field of a change, which may be left alone, cleared or set.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Report, Wire};

/// Absent, `null` or a value. As a field of a `#[payload]` it is left out when absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Patch<T> {
    /// Leave it as it is.
    #[default]
    Absent,
    /// Clear it.
    Null,
    /// Set it.
    Value(T),
}

impl<T> Patch<T> {
    /// Whether the field is left out.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// The value, if it sets one.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// Applies the change to a field.
    pub fn apply(self, field: &mut Option<T>) {
        match self {
            Self::Absent => {}
            Self::Null => *field = None,
            Self::Value(value) => *field = Some(value),
        }
    }
}

impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent | Self::Null => serializer.serialize_none(),
            Self::Value(value) => serializer.serialize_some(value),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Option::deserialize(deserializer)? {
            None => Self::Null,
            Some(value) => Self::Value(value),
        })
    }
}

impl<T: Wire> Wire for Patch<T> {
    const IS_OPTIONAL: bool = true;

    fn check(&self, report: &mut Report) {
        if let Self::Value(value) = self {
            value.check(report);
        }
    }
}

#[cfg(feature = "codegen")]
impl<T: ts_rs::TS + 'static> ts_rs::TS for Patch<T> {
    type WithoutGenerics = Patch<ts_rs::Dummy>;
    type OptionInnerType = T;
    const IS_OPTION: bool = true;

    fn name(config: &ts_rs::Config) -> String {
        format!("{} | null", T::name(config))
    }

    fn inline(config: &ts_rs::Config) -> String {
        format!("{} | null", T::inline(config))
    }

    fn visit_dependencies(visitor: &mut impl ts_rs::TypeVisitor) {
        T::visit_dependencies(visitor);
    }

    fn visit_generics(visitor: &mut impl ts_rs::TypeVisitor) {
        T::visit_generics(visitor);
        visitor.visit::<T>();
    }
}

#[cfg(feature = "codegen")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for Patch<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        Option::<T>::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut schema = Option::<T>::json_schema(generator);
        // To a validator `null` is a value like another; here it says something.
        schema.insert("x-tautline".to_owned(), "patch".into());
        schema
    }
}
