#!/usr/bin/env bash
# Unit and integration tests of the Rust workspace, by nextest where it is installed.
source "$(dirname "$0")/../lib.sh"

# A snapshot that differs fails; it is never written by a test run.
export INSTA_UPDATE=no INSTA_FORCE_PASS=0

if cargo nextest --version >/dev/null 2>&1; then
  cargo nextest run --locked --workspace "${test_features[@]}" --no-fail-fast
else
  cargo test --locked --workspace "${test_features[@]}" --lib --bins --tests --no-fail-fast
fi
