#!/usr/bin/env bash
# The examples as people use them: built pages, running servers, a real browser and stock Socket.IO clients.
source "$(dirname "$0")/../lib.sh"

for example in examples/*/e2e; do
  npm run build --if-present --workspace "$example"
  npx vitest run --root "$example"
done
