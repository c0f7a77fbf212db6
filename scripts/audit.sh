#!/usr/bin/env bash
# Looks through everything that is locked: known holes in crates and packages, licences, where crates come from.
# Needs cargo-deny (`cargo install --locked cargo-deny`), the RustSec database on GitHub and the npm registry.
#   scripts/audit.sh            everything
#   scripts/audit.sh --offline  what needs no network: licences and sources of crates
source "$(dirname "$0")/lib.sh"

cargo deny --version >/dev/null 2>&1 || {
  echo "cargo-deny is missing: cargo install --locked cargo-deny" >&2
  exit 1
}
deny=(cargo deny --locked --config scripts/deny.toml)

if [[ ${1:-} == --offline ]]; then
  "${deny[@]}" --offline check licenses bans sources
  exit
fi
wrong=0
"${deny[@]}" check || wrong=1
# What is only for development reaches nobody.
npm audit --omit=dev || wrong=1
exit "$wrong"
