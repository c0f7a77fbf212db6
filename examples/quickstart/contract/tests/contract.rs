//! Shows every change of the contract as a diff to read, and that it cannot lie.
#[test]
fn the_contract_is_what_was_agreed() {
    insta::assert_snapshot!(tautline_quickstart::contract());
    tautline_codegen::testing::assert_contract(tautline_quickstart::contract());
}
