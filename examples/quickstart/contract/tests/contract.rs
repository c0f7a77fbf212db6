//! Shows every change of the contract as a diff to read.
#[test]
fn the_contract_is_what_was_agreed() {
    insta::assert_snapshot!(tautline_quickstart::contract());
}
