#!/usr/bin/env bash
# The examples as people use them: built pages, running servers and a real browser.
source "$(dirname "$0")/../lib.sh"

for example in examples/*/e2e; do
  npx vitest run --root "$example"
done
