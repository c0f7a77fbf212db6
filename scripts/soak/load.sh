#!/usr/bin/env bash
# A hundred people and ten agents for a minute against the server of the agent chat. Says what its README may say.
#   LOAD_SEED=7 scripts/soak/load.sh
source "$(dirname "$0")/../lib.sh"

cargo build --locked --quiet --package tautline-agent-chat-server
npx vitest run --root examples/agent-chat/e2e --config load/vitest.config.ts
