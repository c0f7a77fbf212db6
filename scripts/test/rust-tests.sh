#!/usr/bin/env bash
# Unit and integration tests of the Rust workspace, by nextest where it is installed.
#   scripts/test/rust-tests.sh             all
#   scripts/test/rust-tests.sh quick       all but those that start a compiler
#   scripts/test/rust-tests.sh compiling   only those: what macros refuse, and builds with other features
source "$(dirname "$0")/../lib.sh"

# A snapshot that differs fails; it is never written by a test run.
export INSTA_UPDATE=no INSTA_FORCE_PASS=0

# The tests that start a compiler.
refused=mistakes_are_refused_in_these_words
features=builds::the_features_of_serde_json_change_no_byte

run=(cargo nextest run --locked --workspace "${test_features[@]}" --no-fail-fast)
if cargo nextest --version >/dev/null 2>&1; then
  case ${1:-all} in
    quick) "${run[@]}" -E "not (test(=$refused) | test(=$features))" ;;
    compiling) "${run[@]}" -E "test(=$refused) | test(=$features)" ;;
    all) "${run[@]}" ;;
  esac
  exit
fi

run=(cargo test --locked --workspace "${test_features[@]}" --lib --bins --tests --no-fail-fast --)
case ${1:-all} in
  quick) "${run[@]}" --skip "$refused" --skip "$features" ;;
  compiling) "${run[@]}" --exact "$refused" "$features" ;;
  all) "${run[@]}" ;;
esac
