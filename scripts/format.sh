#!/usr/bin/env bash
# Formats what `make test` checks the format of.
source "$(dirname "$0")/lib.sh"

cargo fmt --all
scripts/npm-packages.sh
npx biome check --write .
