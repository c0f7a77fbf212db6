#!/usr/bin/env bash
# Every attack ten times, so that a p99 is one, beside ordinary users whose p99 must stay within twice the quiet one. Wants
# a machine that does nothing else. The table lands in artifacts/attacks.md.
source "$(dirname "$0")/../lib.sh"

cargo build --locked --quiet --release --package tautline-conformance-server
server=${CARGO_TARGET_DIR:-$root/target}/release/tautline-conformance-server
ATTACKS=long TAUTLINE_CONFORMANCE_SERVER=$server \
  npx vitest run --root clients/conformance/wire --config attacks/vitest.config.ts
