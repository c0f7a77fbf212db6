#!/usr/bin/env bash
# The long runs: property tests with many more cases, values of every contract by the million, histories under faults
# by the thousand, a fuzzer, a crowd in the agent chat, attacks, then clients on a link that is cut again and again.
#   SOAK_MINUTES=240 make soak              half an hour unless told
#   HISTORIES=100000 FULL_HISTORIES=1000 make soak
source "$(dirname "$0")/lib.sh"

export SOAK_MINUTES=${SOAK_MINUTES:-30}
# How often each property of the Rust crates is tried; 256 times in `make test`.
export PROPTEST_CASES=${PROPTEST_CASES:-20000}

scripts/prerequisites.sh soak
step "npm packages" scripts/npm-packages.sh
step "client packages" scripts/build-clients.sh
step "servers" scripts/build-servers.sh
step "properties" scripts/test/rust-tests.sh
scripts/soak/values.sh
scripts/soak/histories.sh
FUZZ_MINUTES=${FUZZ_MINUTES:-$SOAK_MINUTES} scripts/soak/fuzz.sh
step "a crowd for a minute" scripts/soak/load.sh
step "attacks" scripts/soak/attacks.sh
echo "  ...     $SOAK_MINUTES minutes of cuts"
npx vitest run --root examples/quickstart/e2e --config soak/vitest.config.ts
