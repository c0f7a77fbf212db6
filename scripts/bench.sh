#!/usr/bin/env bash
# Measures the server against a bare Socket.IO server, and its journal against a bare SQLite writer, each in one run
# and in release builds, and prints the ratios.
source "$(dirname "$0")/lib.sh"

scripts/prerequisites.sh bench
cargo bench --locked --package tautline-server --bench '*' -- "$@"
