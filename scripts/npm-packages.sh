#!/usr/bin/env bash
# Installs the npm packages that package-lock.json names, unless they are there already.
source "$(dirname "$0")/lib.sh"

# The lock and every manifest: one of them changed means that the installation may be another one.
stamp=node_modules/.tautline-stamp
state=$(git ls-files -z -- package-lock.json '*package.json' | xargs -0 cat | sha256sum)

if [[ -f $stamp && $(<"$stamp") == "$state" ]]; then
  echo "npm packages are up to date"
  exit 0
fi

npm ci --no-fund --no-audit
echo "$state" >"$stamp"
