//! Serde, the JSON Schemas and the TypeScript of the contract say the same.

#[test]
fn the_contract_cannot_lie() {
    tautline_codegen::testing::assert_contract(tautline_conformance::contract());
}
