#!/usr/bin/env bash
# Serves the quickstart on one port, after setting up whatever is missing.
source "$(dirname "$0")/lib.sh"

export PORT=${PORT:-4000}

# The page needs the npm packages, the server needs cargo: beside each other, they take half the time.
page() {
  step "npm packages" scripts/npm-packages.sh
  step "client packages" scripts/build-clients.sh
  step "page" npm run build --workspace @tautline/quickstart-web
}
server() { step "server" cargo build --locked --package tautline-quickstart-server; }

scripts/prerequisites.sh demo
echo "setting up the quickstart (a few minutes the first time, seconds later)"
server &
building=$!
page || { kill "$building" 2>/dev/null; exit 1; }
wait "$building"

echo "ready after $(duration "$SECONDS"); Ctrl-C stops it"
exec target/debug/tautline-quickstart-server
