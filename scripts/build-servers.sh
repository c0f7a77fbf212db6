#!/usr/bin/env bash
# Builds the servers that the browser and conformance tests start. With the features of the other tests, so that what
# those have compiled is not compiled again.
source "$(dirname "$0")/lib.sh"

cargo build --locked --workspace --bins "${test_features[@]}"
