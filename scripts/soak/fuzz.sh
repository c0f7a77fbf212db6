#!/usr/bin/env bash
# Fuzzes what strangers may send: each target of `server/fuzz` for its share of the minutes, from the committed corpus.
# With a nightly compiler and cargo-fuzz by libFuzzer, which looks where its inputs lead; without them by mutations of
# the corpus on the stable compiler, which does not.
#   FUZZ_MINUTES=480 scripts/soak/fuzz.sh            an hour unless told
#   FUZZ_MINUTES=10 scripts/soak/fuzz.sh control
source "$(dirname "$0")/../lib.sh"

targets=("$@")
((${#targets[@]} > 0)) || targets=(frame payload control cursor meta credentials token)
seconds=$((${FUZZ_MINUTES:-60} * 60 / ${#targets[@]}))
# What is found is kept there, apart from what is committed.
found=$artifacts/fuzz

if cargo +nightly fuzz --version >/dev/null 2>&1; then
  for target in "${targets[@]}"; do
    mkdir -p "$found/$target"
    echo "  ...     $target for $(duration "$seconds")"
    cargo +nightly fuzz run --fuzz-dir server/fuzz/targets "$target" "$found/$target" "server/fuzz/corpus/$target" -- \
      -max_total_time="$seconds" -timeout=30 -rss_limit_mb=4096 -max_len=8192 -print_final_stats=1
  done
  exit
fi

echo "  ...     without a nightly compiler and cargo-fuzz: mutations on the stable compiler"
export FUZZ_MUTATIONS=${FUZZ_MUTATIONS:-20000}
for target in "${targets[@]}"; do
  ends=$((SECONDS + seconds))
  while ((SECONDS < ends)); do
    export FUZZ_SEED=$RANDOM$RANDOM
    echo "  ...     $target, FUZZ_SEED=$FUZZ_SEED"
    cargo test --locked --quiet -p tautline-fuzz --test corpus -- --exact "$target"
  done
done
