#!/usr/bin/env bash
# Builds the npm packages that others import, in the order of their dependencies: the client, then the hooks. The agents are
# programs, which the demo and the browser tests start.
source "$(dirname "$0")/lib.sh"

npm run build --workspace @tautline/client
npm run build --workspace @tautline/react
npm run build --workspace @tautline/history
npm run build --workspace @tautline/agent-chat
npm run build --workspace @tautline/agent-chat-agents
