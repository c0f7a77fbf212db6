#!/usr/bin/env bash
# What users import must pass an older compiler too: the published `.d.ts` files and the generated sources.
source "$(dirname "$0")/../lib.sh"

# A folder inside the repository, so that `@tautline/*` is found as in a user's project.
work=$artifacts/typescript-5.4
rm -rf "$work"
mkdir -p "$work"

{
  echo 'import * as client from "@tautline/client";'
  echo 'import * as indexeddb from "@tautline/client/indexeddb";'
  echo 'import * as react from "@tautline/react";'
  echo 'export const doors = [client, indexeddb, react];'
} >"$work/imports.ts"

cat >"$work/tsconfig.json" <<'JSON'
{
  "compilerOptions": {
    "target": "ES2022", "lib": ["ES2022", "DOM", "DOM.Iterable"], "types": [],
    "module": "ESNext", "moduleResolution": "Bundler", "noEmit": true,
    "strict": true, "exactOptionalPropertyTypes": true, "noUncheckedIndexedAccess": true,
    "verbatimModuleSyntax": true, "isolatedModules": true
  },
  "include": ["*.ts", "../../examples/*/web/src/generated/**/*.ts", "../../clients/**/generated/**/*.ts",
    "../../clients/*/dist/**/*.d.ts"]
}
JSON

node node_modules/typescript-5.4/bin/tsc --project "$work/tsconfig.json"
# The same again as Node resolves: the other way in which packages are found.
node node_modules/typescript-5.4/bin/tsc --project "$work/tsconfig.json" --module NodeNext --moduleResolution NodeNext
echo "2 checked"
