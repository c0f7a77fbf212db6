// Checks the doors of every published npm package: what its manifest promises is in the tarball, its types are found
// by every way of resolving, and it stays within its budget of bytes.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { build } from "vite";

/** The most that a package may add to a page, in bytes after gzip, without what it depends on. */
const budgets = JSON.parse(readFileSync("scripts/size-budgets.json", "utf8"));

/** The ways of resolving that an ESM-only package does not serve, by intent. */
const notServed = new Set(["node10", "node16-cjs"]);

const packages = readdirSync("clients")
  .map((name) => `clients/${name}`)
  .map((folder) => ({ folder, manifest: readManifest(folder) }))
  .filter(({ manifest }) => manifest !== undefined && manifest.private !== true);

const mistakes = [];
for (const { folder, manifest } of packages) {
  const tarball = pack(folder);
  mistakes.push(...(await manifestMistakes(manifest, tarball)));
  mistakes.push(...(await typeMistakes(manifest, tarball)));
  mistakes.push(...(await sizeMistakes(folder, manifest)));
}

for (const mistake of mistakes) console.error(mistake);
console.log(`${packages.length} checked`);
process.exitCode = mistakes.length > 0 || packages.length === 0 ? 1 : 0;

function readManifest(folder) {
  try {
    return JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined; // a folder of cases
    throw error;
  }
}

/** The package as it would be published. */
function pack(folder) {
  const arguments_ = ["pack", "--json", "--ignore-scripts", "--pack-destination", "artifacts"];
  const [{ filename }] = JSON.parse(
    execFileSync("npm", [...arguments_, "--workspace", folder], { encoding: "utf8" }),
  );
  const path = `artifacts/${filename}`;
  const bytes = readFileSync(path);
  rmSync(path);
  return new Uint8Array(bytes);
}

async function manifestMistakes({ name }, tarball) {
  const { buffer } = tarball;
  const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true });
  return messages.map((message) => `${name}: ${formatMessage(message, pkg, { color: false })}`);
}

async function typeMistakes({ name }, tarball) {
  const analysis = await checkPackage(createPackageFromTarballData(tarball));
  if (!analysis.types) return [`${name}: the package carries no types`];
  return analysis.problems
    .filter((problem) => !notServed.has(problem.resolutionKind))
    .map((problem) => `${name}: ${problem.kind} ${problem.entrypoint ?? ""}`);
}

/** Each door of a package has a budget of its own; doors for tests have none. */
async function sizeMistakes(folder, manifest) {
  const mistakes = [];
  for (const [door, { default: file } = {}] of Object.entries(manifest.exports)) {
    if (!file?.endsWith(".js") || door === "./testing") continue;
    const name = manifest.name + door.slice(1);
    if (budgets[name] === undefined) {
      mistakes.push(`${name}: give it a budget in scripts/size-budgets.json`);
    }
    // Everything, or what a page pays that imports no more than this: `name { a, b }`.
    for (const [what, budget] of Object.entries(budgets)) {
      if (what !== name && !what.startsWith(`${name} {`)) continue;
      const size = await sizeOf(what.slice(name.length) || "*", `./${folder}/${file}`, manifest);
      console.log(`${what}: ${size} bytes of ${budget} after gzip`);
      if (size > budget) mistakes.push(`${what}: ${size} bytes after gzip, ${budget} are allowed`);
    }
  }
  return mistakes;
}

/** What a page loads that imports these names, without what the package depends on. */
async function sizeOf(names, file, { dependencies = {}, peerDependencies = {} }) {
  const foreign = Object.keys({ ...dependencies, ...peerDependencies });
  const page = {
    name: "page",
    resolveId: (id) => (id === "page" ? id : undefined),
    load: (id) => (id === "page" ? `export ${names} from "${resolve(file)}";` : undefined),
  };
  const built = await build({
    configFile: false,
    logLevel: "error",
    plugins: [page],
    build: {
      write: false,
      minify: true,
      modulePreload: false,
      rollupOptions: {
        input: "page",
        preserveEntrySignatures: "strict",
        external: (id) => foreign.some((it) => id === it || id.startsWith(`${it}/`)),
      },
    },
  });
  const code = [built].flat().flatMap(({ output }) => output.map((chunk) => chunk.code ?? ""));
  return gzipSync(code.join("\n")).length;
}
