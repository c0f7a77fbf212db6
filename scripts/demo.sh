#!/usr/bin/env bash
# Serves the quickstart on one port, after setting up whatever is missing.
source "$(dirname "$0")/lib.sh"

# The page needs the npm packages, the server needs cargo: beside each other, they take half the time.
page() {
  step "npm packages" scripts/npm-packages.sh &&
    step "client packages" scripts/build-clients.sh &&
    step "page" npm run build --workspace @tautline/quickstart-web
}
server() { step "server" cargo build --locked --package tautline-quickstart-server; }

# Shows on a terminal what a background step is doing, until it ends.
watch_step() {
  local log
  log=$logs/$(slug "$2").log
  while [[ -t 1 ]] && kill -0 "$1" 2>/dev/null; do
    printf '%s  ...     %-28s %.40s' "$clear" "$2" "$(tail -n 1 "$log" 2>/dev/null | tr -d '\r')"
    sleep 1
  done
}

scripts/prerequisites.sh demo
echo "setting up the quickstart (minutes the first time, seconds later)"
server &
building=$!
page || { kill "$building" 2>/dev/null; exit 1; }
watch_step "$building" server
wait "$building"

echo "ready after $(duration "$SECONDS"); Ctrl-C stops it"
# The secret signs tokens; guests need none, and a new one each time lets no old token in.
export ADDRESS=127.0.0.1:${PORT:-4000}
export TAUTLINE_SECRET=${TAUTLINE_SECRET:-$(head -c 32 /dev/urandom | base64)}
exec "${CARGO_TARGET_DIR:-target}/debug/tautline-quickstart-server"
