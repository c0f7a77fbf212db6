#!/usr/bin/env bash
# Type-checks every npm package of the workspace, with its tests and the generated files that it holds.
source "$(dirname "$0")/../lib.sh"

wrong=()
checked=0
mapfile -t manifests < <(git ls-files -- "clients/*package.json" "examples/*package.json")
for manifest in "${manifests[@]}"; do
  package=$(dirname "$manifest")
  echo "== $package"
  node node_modules/typescript/bin/tsc --noEmit --project "$package/tsconfig.json" || wrong+=("$package")
  checked=$((checked + 1))
done

echo "$checked checked"
if ((${#wrong[@]} > 0)); then
  printf 'type errors in %s\n' "${wrong[@]}"
  exit 1
fi
