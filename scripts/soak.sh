#!/usr/bin/env bash
# The long runs: property tests with many more cases, then clients on a link that is cut again and again.
#   SOAK_MINUTES=240 make soak      half an hour unless told
source "$(dirname "$0")/lib.sh"

export SOAK_MINUTES=${SOAK_MINUTES:-30}
# How often each property is tried, by proptest in Rust and by fast-check in TypeScript.
export PROPTEST_CASES=${PROPTEST_CASES:-20000} FAST_CHECK_RUNS=${FAST_CHECK_RUNS:-20000}

scripts/prerequisites.sh soak
step "npm packages" scripts/npm-packages.sh
step "client packages" scripts/build-clients.sh
step "server" cargo build --locked --package tautline-quickstart-server
step "properties in rust" scripts/test/rust-tests.sh
step "properties in typescript" npx vitest run
echo "  ...     $SOAK_MINUTES minutes of cuts"
npx vitest run --root examples/quickstart/e2e --config soak/vitest.config.ts
