#!/usr/bin/env bash
# Serves an example on one port, after setting up whatever is missing. Ctrl-C stops all of it.
#   scripts/demo.sh               the agent chat, with its two agents
#   scripts/demo.sh quickstart    the shared board
source "$(dirname "$0")/lib.sh"

example=${1:-agent-chat}
declare -A make_target=([agent-chat]=demo [quickstart]=quickstart)
address=127.0.0.1:${PORT:-4000}
programs=${CARGO_TARGET_DIR:-target}/debug

# The page needs the npm packages, the server needs cargo: beside each other, they take half the time.
page() {
  step "npm packages" scripts/npm-packages.sh &&
    step "client packages" scripts/build-clients.sh &&
    step "page" npm run build --workspace "@tautline/$example-web"
}
server() { step "server" cargo build --locked --package "tautline-$example-server"; }

# Shows on a terminal what a background step is doing, until it ends.
watch_step() {
  local log
  log=$logs/$(slug "$2").log
  while [[ -t 1 ]] && kill -0 "$1" 2>/dev/null; do
    printf '%s  ...     %-28s %.40s' "$clear" "$2" "$(tail -n 1 "$log" 2>/dev/null | tr -d '\r')"
    sleep 1
  done
}

# Ends whatever `serve_agent_chat` has started, and waits for it: nothing is left running, nothing is cut off.
stop() {
  trap - INT TERM EXIT
  for process in "${running[@]}"; do kill -INT "$process" 2>/dev/null || true; done
  wait
}

# The server and its agents, each a process of its own. One that ends takes the others with it.
serve_agent_chat() {
  export JOURNAL=${JOURNAL:-$artifacts/demo/agent-chat.db} SEED=${SEED:-1}
  export WEB=examples/agent-chat/web/dist SERVER=http://$address
  running=()
  trap 'stop; exit 0' INT TERM
  trap stop EXIT
  "$programs/agent-chat-server" &
  running+=($!)
  for agent in scribe planner; do
    node "examples/agent-chat/agents/dist/$agent.js" &
    running+=($!)
  done
  wait -n
}

scripts/prerequisites.sh "${make_target[$example]}"
echo "setting up the $example (minutes the first time, seconds later)"
server &
building=$!
page || { kill "$building" 2>/dev/null; exit 1; }
watch_step "$building" server
wait "$building"

echo "ready after $(duration "$SECONDS"); Ctrl-C stops it"
# The secret signs tokens. It is kept, so that whoever was signed in before a restart still is.
secret=$artifacts/demo/secret
[[ -s $secret ]] || (umask 077 && mkdir -p "$artifacts/demo" && head -c 32 /dev/urandom | base64 >"$secret")
export ADDRESS=$address TAUTLINE_SECRET=${TAUTLINE_SECRET:-$(<"$secret")}
case $example in
  agent-chat) serve_agent_chat ;;
  quickstart) exec "$programs/tautline-quickstart-server" ;;
esac
