#!/usr/bin/env bash
# Builds the npm packages that others import, in the order of their dependencies: the client, then the hooks.
source "$(dirname "$0")/lib.sh"

npm run build --workspace @tautline/client
npm run build --workspace @tautline/react
npm run build --workspace @tautline/history
npm run build --workspace @tautline/agent-chat
