#!/usr/bin/env bash
# Writes the contracts that `clients/conformance/document` has from their documents alone. After a contract has
# changed, and after `cargo contract … write` has made its new document.
#   scripts/documents.sh             writes what changed
#   scripts/documents.sh --check     writes nothing; says what is stale
source "$(dirname "$0")/lib.sh"

cargo build --locked --quiet -p tautline-codegen --features rust --bin tautline-rust

written=clients/conformance/document
stale=0
while read -r document place; do
  "${CARGO_TARGET_DIR:-target}/debug/tautline-rust" "$document/contract.schema.json" --into "$written/$place" "$@" || stale=$?
done <<'ROWS'
schema agent-chat/src
clients/conformance/contract conformance/src
codegen/fixtures/profile profile/src
examples/quickstart/contract quickstart/src
ROWS
exit "$stale"
