// The laws of the repository that no compiler holds: who may import whom, what a production server may contain, what a
// committed file must look like. ARCHITECTURE.md tells the reasons; a test here fails when one of them is broken.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";

/** Which crates of ours a crate may depend on. A new crate gets a row here. */
const CRATES = {
  "tautline-macros": [],
  tautline: ["tautline-macros"],
  "tautline-server": ["tautline"],
  "tautline-codegen": ["tautline"],
  "tautline-agent-chat": ["tautline", "tautline-codegen"],
  "tautline-agent-chat-server": ["tautline", "tautline-agent-chat", "tautline-server"],
  "tautline-quickstart": ["tautline", "tautline-codegen"],
  "tautline-quickstart-server": ["tautline-quickstart", "tautline-server"],
  "tautline-profile-contract": ["tautline", "tautline-codegen"],
  "tautline-conformance": ["tautline", "tautline-codegen"],
  "tautline-fault-proxy": [],
  "tautline-fuzz": ["tautline", "tautline-profile-contract", "tautline-server"],
  "tautline-history-service": ["tautline", "tautline-conformance", "tautline-server"],
  "tautline-history": [
    "tautline",
    "tautline-conformance",
    "tautline-fault-proxy",
    "tautline-history-service",
    "tautline-server",
  ],
  "tautline-conformance-server": [
    "tautline",
    "tautline-conformance",
    "tautline-history-service",
    "tautline-profile-contract",
    "tautline-quickstart",
    "tautline-server",
  ],
  // Contracts that were written from their documents, and the same sources compiled against them.
  "tautline-agent-chat-document": ["tautline"],
  "tautline-conformance-document": ["tautline"],
  "tautline-profile-document": ["tautline"],
  "tautline-profile-types": [],
  "tautline-quickstart-document": ["tautline"],
  "tautline-history-service-document": [
    "tautline",
    "tautline-conformance-document",
    "tautline-server",
  ],
  "tautline-document-server": [
    "tautline",
    "tautline-conformance-document",
    "tautline-history-service-document",
    "tautline-profile-document",
    "tautline-quickstart-document",
    "tautline-server",
  ],
};

/** Which packages of ours a package may depend on. A new package gets a row here. */
const PACKAGES = {
  "@tautline/client": [],
  "@tautline/react": ["@tautline/client"],
  "@tautline/agent-chat": ["@tautline/client"],
  "@tautline/conformance": ["@tautline/client"],
  "@tautline/history": ["@tautline/client"],
  "@tautline/conformance-browser": ["@tautline/client", "@tautline/conformance", "@tautline/react"],
  "@tautline/agent-chat-agents": ["@tautline/agent-chat", "@tautline/client"],
  "@tautline/agent-chat-web": ["@tautline/agent-chat", "@tautline/react"],
  "@tautline/agent-chat-e2e": [
    "@tautline/agent-chat",
    "@tautline/agent-chat-agents",
    "@tautline/client",
    "@tautline/conformance-browser",
  ],
  "@tautline/quickstart-web": ["@tautline/client", "@tautline/react"],
  "@tautline/quickstart-e2e": ["@tautline/client", "@tautline/conformance-browser"],
};

test("crates depend on each other in one direction", () => {
  for (const { name, dependencies } of crates()) {
    const allowed = CRATES[name];
    assert.ok(allowed, `${name} has no row in CRATES: say what it may depend on`);
    const ours = dependencies.filter((it) => it.name in CRATES && it.kind !== "dev");
    const wrong = ours.map((it) => it.name).filter((it) => !allowed.includes(it));
    assert.deepEqual(wrong, [], `${name} may depend on ${allowed.join(", ") || "none of ours"}`);
  }
});

test("only the server names socketioxide and engineioxide", () => {
  for (const { name, dependencies } of crates()) {
    if (name === "tautline-server") continue;
    const wrong = dependencies.filter((it) => /^(socketio|engineio)xide/.test(it.name));
    assert.deepEqual(
      wrong.map((it) => it.name),
      [],
      name,
    );
  }
});

test("a contract crate has one dependency of ours when it is not generating", () => {
  for (const { name, targets, dependencies } of crates()) {
    if (!targets.some((target) => target.name === "contract")) continue;
    const needed = dependencies.filter((it) => it.kind === null && !it.optional);
    assert.deepEqual(
      needed.map((it) => it.name).filter((it) => it.startsWith("tautline")),
      ["tautline"],
      name,
    );
  }
});

test("a production server carries no generator", () => {
  for (const { name } of crates().filter((it) => it.name.endsWith("-server"))) {
    const tree = run("cargo", "tree", "--locked", "-p", name, "-e", "normal", "--prefix", "none");
    const generators = tree.split("\n").filter((line) => /^(schemars|ts-rs|typify)/.test(line));
    assert.deepEqual(generators, [], name);
  }
});

test("npm packages depend on each other in one direction", () => {
  for (const { name, dependencies, peerDependencies } of npmPackages()) {
    const allowed = PACKAGES[name];
    assert.ok(allowed, `${name} has no row in PACKAGES: say what it may depend on`);
    const ours = Object.keys({ ...dependencies, ...peerDependencies }).filter((it) =>
      it.startsWith("@tautline/"),
    );
    const wrong = ours.filter((it) => !allowed.includes(it));
    assert.deepEqual(wrong, [], `${name} may depend on ${allowed.join(", ") || "none of ours"}`);
  }
});

test("the client imports no framework, and one file of it imports socket.io-client", () => {
  const files = committed("clients/typescript/src/*.ts");
  const importing = (packageName) =>
    files.filter((file) => new RegExp(`from "${packageName}["/]`).test(read(file)));

  assert.deepEqual(importing("react"), []);
  assert.equal(importing("socket\\.io-client").length, 1);
});

test("the hooks reach the server through the client alone", () => {
  const files = committed("clients/react/src/*.ts", "clients/react/src/*.tsx");

  const wrong = files.filter((file) => /from "socket\.io/.test(read(file)));

  assert.ok(files.length > 0);
  assert.deepEqual(wrong, []);
});

test("a generated file says so in its first line", () => {
  const files = committed("**/generated/*", "**/generated.rs", "**/CATALOG.md");

  const silent = files.filter((file) => !read(file).split("\n", 1)[0].includes("@generated"));

  assert.ok(files.length > 0);
  assert.deepEqual(silent, []);
});

test("a module lies in name.rs and never in mod.rs", () => {
  const wrong = committed("**/mod.rs").filter((file) => !file.includes("/tests/"));

  assert.deepEqual(wrong, []);
});

test("the quickstart is written in under 150 lines", () => {
  const folder = "examples/quickstart";
  const files = committed(
    ...["contract", "server"].map((it) => `${folder}/${it}/**/*.rs`),
    ...["ts", "tsx"].map((it) => `${folder}/web/src/**/*.${it}`),
  ).filter((file) => !file.includes("generated"));
  const isCode = (line) => line.trim() !== "" && !line.trim().startsWith("//");

  const counts = files.map((file) => [file, read(file).split("\n").filter(isCode).length]);

  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  assert.ok(counts.length >= 4, "a contract, a test of it, a server and a page");
  assert.ok(
    total < 150,
    `${total} lines: ${counts.map(([file, it]) => `${file} ${it}`).join(", ")}`,
  );
});

test("the locks name packages and not the host that they came from", () => {
  const { packages } = JSON.parse(read("package-lock.json"));

  const remote = Object.values(packages).filter(({ resolved }) => /^https?:/.test(resolved ?? ""));

  assert.deepEqual(remote, []);
});

/** The crates of the workspace, as cargo knows them. */
function crates() {
  return JSON.parse(run("cargo", "metadata", "--locked", "--no-deps", "--format-version", "1"))
    .packages;
}

/** The manifests of the npm packages. */
function npmPackages() {
  const files = committed(
    "clients/*/package.json",
    "clients/conformance/*/package.json",
    "examples/*/agents/package.json",
    "examples/*/web/package.json",
    "examples/*/e2e/package.json",
  );
  return files.map((file) => JSON.parse(read(file)));
}

/** The committed files that match one of the patterns. */
function committed(...patterns) {
  const globs = patterns.map((it) => `:(glob)${it}`);
  return run("git", "ls-files", "--", ...globs)
    .split("\n")
    .filter(Boolean);
}

function read(file) {
  return readFileSync(file, "utf8");
}

function run(program, ...args) {
  return execFileSync(program, args, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
}
