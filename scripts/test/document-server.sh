#!/usr/bin/env bash
# The wire suite once more, against the server that has its contracts from their documents alone: what the direct one
# passes, it passes as well. Needs the servers; without arguments it runs the families below, and all with `tests`.
#   scripts/test/document-server.sh tests/streams
source "$(dirname "$0")/../lib.sh"

(($# > 0)) || set -- tests/truth tests/stock tests/failures tests/order

export TAUTLINE_CONFORMANCE_SERVER=${CARGO_TARGET_DIR:-$root/target}/debug/tautline-document-server
npx vitest run --root clients/conformance/wire "$@"
