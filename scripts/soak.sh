#!/usr/bin/env bash
# The long runs: property tests with many more cases, then clients on a link that is cut again and again.
#   SOAK_MINUTES=240 make soak      half an hour unless told
source "$(dirname "$0")/lib.sh"

export SOAK_MINUTES=${SOAK_MINUTES:-30}
# How often each property of the Rust crates is tried; 256 times in `make test`.
export PROPTEST_CASES=${PROPTEST_CASES:-20000}

scripts/prerequisites.sh soak
step "npm packages" scripts/npm-packages.sh
step "client packages" scripts/build-clients.sh
step "server" cargo build --locked --package tautline-quickstart-server
step "properties" scripts/test/rust-tests.sh
echo "  ...     $SOAK_MINUTES minutes of cuts"
npx vitest run --root examples/quickstart/e2e --config soak/vitest.config.ts
