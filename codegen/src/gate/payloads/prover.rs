//! The one place that knows `jsoncompat`.

use serde_json::Value;

/// Whether everything that one end writes is read by the other.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "gate"), expect(dead_code, reason = "without the prover there is none"))]
pub(super) enum Answer {
    /// It is: there is a proof.
    Fits,
    /// It is not: this value is written and not read.
    Not {
        /// The value.
        value: Value,
        /// Whether only a constraint stands against it.
        by_constraint: bool,
    },
    /// Neither a proof nor such a value was found.
    Unknown {
        /// Where the proof stopped.
        why: String,
    },
}

/// Compares two schemas with their definitions under `$defs`.
#[cfg(feature = "gate")]
pub(super) fn prove(written: &Value, read: &Value) -> Result<Answer, String> {
    use jsoncompat::{
        AnalysisOptions, CompatibilityResult, Role, SchemaDocument, analyze_compat_with_options,
    };

    let options = AnalysisOptions { max_generated_candidates: 32, ..AnalysisOptions::default() };
    let cannot = |error: &dyn std::fmt::Display| Answer::Unknown { why: error.to_string() };
    let (written, read) =
        match (SchemaDocument::from_json(written), SchemaDocument::from_json(read)) {
            (Ok(written), Ok(read)) => (written, read),
            (Err(error), _) | (_, Err(error)) => return Ok(cannot(&error)),
        };
    // `Serializer` asks whether the second is within the first, by all that validation says.
    Ok(match analyze_compat_with_options(&read, &written, Role::Serializer, options) {
        Ok(CompatibilityResult::Compatible) => Answer::Fits,
        Ok(CompatibilityResult::Incompatible { counterexample, .. }) => {
            Answer::Not { value: counterexample, by_constraint: false }
        }
        Ok(CompatibilityResult::Unknown { reason }) => Answer::Unknown { why: reason },
        Err(error) => cannot(&error),
    })
}

/// Without the feature, types are not compared: to call them the same would be a lie.
#[cfg(not(feature = "gate"))]
pub(super) fn prove(_written: &Value, _read: &Value) -> Result<Answer, String> {
    Err("a payload changed, and this build cannot compare payloads: give `tautline-codegen` its \
         feature `gate` back, which is on by default"
        .to_owned())
}
