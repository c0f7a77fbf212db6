//! What must hold in every contract before anything is generated from it. The macros hold what one
//! item can show; here stands what only the whole contract shows. All mistakes are reported at once.

mod errors;
mod events;
mod examples;
mod names;
mod rooms;

use crate::{Described, Mistake};

/// A law adds the mistakes that it finds.
type Law = fn(&Described, &mut Vec<Mistake>);

const LAWS: &[Law] = &[
    names::contract_is_named,
    names::namespaces_differ,
    names::events_are_named,
    names::declared_names_differ,
    events::scopes_are_declared,
    events::flags_are_declared,
    events::delivery_fits_the_direction,
    events::limits_are_possible,
    events::waiting_offline_ends_before_the_answer_is_forgotten,
    events::replacements_exist,
    rooms::rooms_differ,
    rooms::parameters_are_in_the_payload,
    rooms::joins_enter_one_room,
    rooms::what_members_show_is_plain,
    errors::codes_differ,
    errors::codes_that_were_given_up_stay_away,
    errors::words_name_fields_that_exist,
    examples::examples_are_valid,
];

/// Checks all laws. The mistakes come in the order of the source.
pub(crate) fn check(described: &Described) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for law in LAWS {
        law(described, &mut mistakes);
    }
    mistakes.sort();
    mistakes.dedup();
    mistakes
}
