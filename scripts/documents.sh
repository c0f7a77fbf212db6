#!/usr/bin/env bash
# Writes the contracts that `clients/conformance/document` has from their documents alone. After a contract has
# changed, and after `cargo contract … write` has made its new document.
#   scripts/documents.sh             writes what changed
#   scripts/documents.sh --check     writes nothing; says what is stale
source "$(dirname "$0")/lib.sh"

cargo build --locked --quiet -p tautline-codegen --features types --bin tautline-rust

written=clients/conformance/document
stale=0
while read -r document output place; do
  "${CARGO_TARGET_DIR:-target}/debug/tautline-rust" "$document/contract.schema.json" "$output" "$written/$place" "$@" || stale=$?
done <<'ROWS'
schema --into agent-chat/src
clients/conformance/contract --into conformance/src
codegen/fixtures/profile --into profile/src
codegen/fixtures/profile --types types/src/profile.rs
examples/quickstart/contract --into quickstart/src
ROWS
exit "$stale"
