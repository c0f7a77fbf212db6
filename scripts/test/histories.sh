#!/usr/bin/env bash
# A few histories on the full stack: the server's process is killed at failpoints, proxies break links, and clients of
# three kinds write down what they see. Needs the servers and the client packages; `make soak` runs hundreds.
source "$(dirname "$0")/../lib.sh"

"${CARGO_TARGET_DIR:-target}/debug/tautline-history" --full --from 1 --runs "${HISTORIES:-6}" --beside 3
