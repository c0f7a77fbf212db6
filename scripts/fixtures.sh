#!/usr/bin/env bash
# Writes values of the profile's contract as a TypeScript module into artifacts/fixtures, for the tests that send them,
# and has both compilers hold them against the generated types.
#   VALUES=10000 SEED=7 scripts/fixtures.sh
source "$(dirname "$0")/lib.sh"

folder=$artifacts/fixtures
mkdir -p "$folder"
cargo contract --locked -p tautline-profile-contract fixtures --values "${VALUES:-1000}" --seed "${SEED:-0}" \
  --types ../../codegen/fixtures/profile/generated/index.js >"$folder/profile.ts"

cat >"$folder/tsconfig.json" <<'JSON'
{
  "extends": "../../tsconfig.base.json",
  "compilerOptions": {
    "noEmit": true, "declaration": false, "declarationMap": false, "sourceMap": false,
    "lib": ["ES2022", "DOM"], "types": [],
    "paths": { "@tautline/client": ["../../clients/typescript/src/index.ts"] }
  },
  "files": ["profile.ts"]
}
JSON
node node_modules/typescript/bin/tsc --project "$folder"
node node_modules/typescript-5.4/bin/tsc --project "$folder"
