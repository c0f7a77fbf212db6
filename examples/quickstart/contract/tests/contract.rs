//! Shows every change of the contract as a diff to read.
#[test]
fn the_contract_is_what_was_agreed() {
    insta::assert_snapshot!(tautline_quickstart::contract());
}

#[test]
fn the_contract_cannot_lie() {
    tautline_codegen::testing::assert_contract(tautline_quickstart::contract());
}
