# shellcheck shell=bash
# What the scripts share: strict mode, the root of the repository, and how a step shows its name and its time.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

# Logs of steps and screenshots of the browser tests; not committed.
artifacts=$root/artifacts
logs=$artifacts/logs
mkdir -p "$logs"

# The features that tests are built with, written once: another set would compile every dependency again.
# Not all of them: each contract crate would then build a program named `contract` into the same place.
# shellcheck disable=SC2034
test_features=(--features "tautline/codegen tautline-server/testing tautline-server/jwks-url")

# npm repeats every warning for every call; what matters to a reader are its errors.
export npm_config_loglevel=error

# Prints seconds as people say them: `7s`, `2m 05s`.
duration() {
  if (($1 < 60)); then printf '%ds' "$1"; else printf '%dm %02ds' $(($1 / 60)) $(($1 % 60)); fi
}

# Takes back a line that shows progress, where there is a terminal to show it.
clear=''
[[ ! -t 1 ]] || clear=$'\r\033[K'

# Runs a command quietly under a name. What it printed is shown only when it fails.
#   step "npm packages" scripts/npm-packages.sh
step() {
  local name=$1 started=$SECONDS log
  shift
  log=$logs/$(slug "$name").log
  if "$@" >"$log" 2>&1; then
    printf '%s  done    %-28s %s\n' "$clear" "$name" "$(duration $((SECONDS - started)))"
  else
    printf '%s  FAILED  %-28s %s\n\n' "$clear" "$name" "$(duration $((SECONDS - started)))"
    cat "$log"
    printf '\nThe step "%s" failed; its output stands above and in %s\n' "$name" "${log#"$root"/}"
    return 1
  fi
}

# Turns a step's name into a file's: `rust tests` becomes `rust-tests`.
slug() { tr -c 'a-z0-9\n' '-' <<<"${1,,}"; }

# Runs a command as root: directly, or by sudo where it is there and may be used.
# Asks for a password only where somebody sits in front of the terminal.
as_root() {
  if [[ $(id -u) == 0 ]]; then "$@"; elif [[ -t 0 ]]; then sudo "$@"; else sudo -n "$@"; fi
}

# Whether `as_root` can work here.
can_be_root() {
  [[ $(id -u) == 0 ]] && return
  command -v sudo >/dev/null || return 1
  [[ -t 0 ]] || sudo -n true 2>/dev/null
}
