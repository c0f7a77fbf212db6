#!/usr/bin/env bash
# A million values of the contracts through serde and the JSON Schemas, ten thousand through the real client and a real
# server. Ends with zero when none disagrees.
#   VALUES=5000000 SEED=7 scripts/soak/values.sh
source "$(dirname "$0")/../lib.sh"

values=${VALUES:-1000000}
# Another seed each time, told so that a run can be had again.
seed=${SEED:-$RANDOM$RANDOM}

mapfile -t contracts < <(scripts/contracts.sh)
echo "  ...     $values values of ${#contracts[@]} contracts, SEED=$seed"
for contract in "${contracts[@]}"; do
  echo "== $contract"
  cargo contract --locked -p "$contract" check --values $((values / ${#contracts[@]} + 1)) --seed "$seed"
done

# Some of the values are of commands that are no echo: the test holds that enough of them are.
export CLIENT_VALUES=${CLIENT_VALUES:-10000}
VALUES=$((CLIENT_VALUES * 3 / 2)) SEED=$seed npx vitest run --root clients/conformance/wire tests/truth/fixtures
