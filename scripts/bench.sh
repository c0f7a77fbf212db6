#!/usr/bin/env bash
# Measures the server against a bare Socket.IO server, and its journal against a bare SQLite writer, each in one run
# and in release builds, and prints the ratios. Then what a large contract costs to generate and to type-check.
source "$(dirname "$0")/lib.sh"

scripts/prerequisites.sh bench
cargo bench --locked --package tautline-server --bench '*' -- "$@"
step "npm packages" scripts/npm-packages.sh
cargo bench --locked --package tautline-codegen --bench scale
