#!/usr/bin/env bash
# Every contract's generated files are those that its source gives today.
source "$(dirname "$0")/../lib.sh"

mapfile -t contracts < <(scripts/contracts.sh)
((${#contracts[@]} > 0)) || { echo "no contract crate found: scripts/contracts.sh lists none"; exit 1; }

stale=()
for contract in "${contracts[@]}"; do
  echo "== $contract"
  cargo contract --locked -p "$contract" check || stale+=("$contract")
done

echo "${#contracts[@]} checked"
if ((${#stale[@]} > 0)); then
  printf 'stale: run `cargo contract -p %s write` and commit what it changes\n' "${stale[@]}"
  exit 1
fi
