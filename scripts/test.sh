#!/usr/bin/env bash
# Runs everything that must hold, in two lanes beside each other: what cargo builds, and what npm builds.
# The tests of both together come last, beside what cargo has left. Ends with a table of times and one line of counts.
#   scripts/test.sh            all suites
#   scripts/test.sh vitest     only those whose name contains the word
source "$(dirname "$0")/lib.sh"

only=${1:-}
results=$artifacts/test-results.tsv
: >"$results"

scripts/prerequisites.sh test

# A checkout that is built once and thrown away has no use for what makes the next build of it faster.
[[ -z ${CI:-} ]] || export CARGO_INCREMENTAL=0

# Prints what a suite says about its own counts, for the table: nextest's, cargo's or vitest's last line.
counts() {
  sed 's/\x1b\[[0-9;]*m//g' "$1" |
    awk '/^ *Summary \[/ || /^ *Tests  / { sub(/^ *(Summary \[[^]]*\]|Tests) */, ""); last = $0 }
         /^test result:/ { cargo += $4 } /^[0-9]+ checked/ { last = $0 } /^. pass [0-9]/ { last = $3 " passed" }
         END { if (last) print last; else if (cargo) print cargo " passed" }'
}

# Runs one suite and notes its result. A suite that fails does not stop the ones after it.
#   suite "contracts" scripts/test/contracts.sh
suite() {
  local name=$1 log started=$SECONDS result=passed
  shift
  [[ $name == *"$only"* ]] || return 0
  log=$logs/$(slug "$name").log
  "$@" >"$log" 2>&1 || result=failed
  local seconds=$((SECONDS - started)) detail
  detail=$(counts "$log")
  printf '%s\t%s\t%s\t%s\n' "$result" "$name" "$seconds" "$detail" >>"$results"
  printf '  %-7s %-28s %8s  %s\n' "$result" "$name" "$(duration "$seconds")" "$detail"
  [[ $result == passed ]] || sed "s/^/  | /" "$log"
}

# A preparation: no suite of its own, but what needs it cannot go on without it.
#   prepare "npm packages" scripts/npm-packages.sh
prepare() {
  local started=$SECONDS result="done"
  step "$@" || result=failed
  printf '%s\t%s\t%s\t\n' "$result" "$1" $((SECONDS - started)) >>"$results"
  [[ $result == "done" ]]
}

rust_lane() {
  suite "rust format" cargo fmt --all --check
  suite "clippy" cargo clippy --locked --workspace --all-targets --all-features -- --deny warnings
  suite "rust tests" scripts/test/rust-tests.sh quick
  suite "servers" scripts/build-servers.sh
}

# What runs beside the tests of both together, and lets them go first: those wait more than they work.
late_lane() {
  renice -n 10 "$BASHPID" >/dev/null
  suite "compiling tests" scripts/test/rust-tests.sh compiling
  suite "rust doc tests" cargo test --locked --workspace "${test_features[@]}" --doc
  suite "rust docs" env RUSTDOCFLAGS="--deny warnings" cargo doc --locked --workspace --all-features --no-deps --lib
  suite "contracts" scripts/test/contracts.sh
  suite "laws" node --test --test-reporter=spec scripts/test/laws.test.js
}

npm_lane() {
  [[ $npm_is_ready == yes ]] || return 0
  prepare "client packages" scripts/build-clients.sh || return 0
  suite "biome" npx biome ci --colors=off .
  suite "typescript 7" scripts/test/typescript.sh
  suite "typescript 5.4" scripts/test/typescript-5.4.sh
  suite "vitest" npx vitest run
  suite "package doors" node scripts/test/package-doors.js
  suite "asyncapi" node --test --test-reporter=spec scripts/test/documents.test.js
  prepare "debian packages" scripts/debian-packages.sh || return 0
  prepare "python environment" scripts/python-env.sh || return 0
}

# Whoever stops this script stops what it has started.
trap 'trap - INT TERM; kill 0' INT TERM

echo "tests (logs in artifacts/logs)"
# Both lanes need the packages: tests of the generators run the TypeScript compilers.
npm_is_ready=no
prepare "crates" cargo fetch --locked &
prepare "npm packages" scripts/npm-packages.sh && npm_is_ready=yes
wait
rust_lane &
npm_lane
wait
late_lane &
suite "histories" scripts/test/histories.sh
suite "conformance" npx vitest run --root clients/conformance/wire
suite "attacks" npx vitest run --root clients/conformance/wire --config attacks/vitest.config.ts
suite "document server" scripts/test/document-server.sh
suite "browser" npx vitest run --root clients/conformance/browser
suite "end to end" scripts/test/end-to-end.sh
wait

passed=$(grep -c '^passed' "$results" || true)
failed=$(grep -c '^failed' "$results" || true)

printf '\n%-30s %-8s %8s\n' suite result time
while IFS=$'\t' read -r result name seconds _; do
  printf '%-30s %-8s %8s\n' "$name" "$result" "$(duration "$seconds")"
done <"$results"
printf '%-30s %-8s %8s\n\n' "all" "" "$(duration "$SECONDS")"

echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
