#!/usr/bin/env bash
# Histories under faults: from new seeds, first under virtual time, then on the full stack. Says at its end what README.md
# may say. A run that is wrong says how to have it again.
#   HISTORIES=10000 FULL_HISTORIES=200 scripts/soak/histories.sh
source "$(dirname "$0")/../lib.sh"

runs=${HISTORIES:-10000}
full=${FULL_HISTORIES:-200}

# Shows the last line of a run and the clock; a run that is wrong shows all of it.
histories() {
  local name=$1 log started=$SECONDS
  shift
  log=$logs/$(slug "$name").log
  if ! "${CARGO_TARGET_DIR:-target}/debug/tautline-history" "$@" >"$log"; then
    cat "$log"
    return 1
  fi
  printf '  clean   %-28s %s  %s\n' "$name" "$(duration $((SECONDS - started)))" "$(tail -n 1 "$log")"
}

cargo build --locked --quiet --workspace --bins "${test_features[@]}"
histories "histories" --runs "$runs"
histories "full histories" --full --runs "$full"

printf '\nREADME.md may say: Last clean soak: %s histories under virtual time, %s on the full stack (%s).\n' \
  "$(printf "%'d" "$runs")" "$full" "$(date -u +%F)"
