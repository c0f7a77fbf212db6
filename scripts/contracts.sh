#!/usr/bin/env bash
# Prints the contract crates, one a line: the packages of the workspace that have a binary named `contract`.
source "$(dirname "$0")/lib.sh"

cargo metadata --locked --no-deps --format-version 1 | node -e '
  const { packages } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  const isContract = (target) => target.name === "contract" && target.kind.includes("bin");
  for (const { name, targets } of packages) if (targets.some(isContract)) console.log(name);
'
