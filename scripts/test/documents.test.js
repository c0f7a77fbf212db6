// What others read of a contract: the official AsyncAPI parser takes the document, and its examples fit its schemas.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Parser } from "@asyncapi/parser";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const documents = execFileSync("git", ["ls-files", "--", "*contract.asyncapi.json"], {
  encoding: "utf8",
})
  .split("\n")
  .filter(Boolean);

test("there are documents", () => assert.ok(documents.length >= 4));

for (const file of documents) {
  const text = readFileSync(file, "utf8");
  const document = JSON.parse(text);

  test(`${file} is AsyncAPI 3`, async () => {
    const { document: parsed, diagnostics } = await new Parser().parse(text);

    const errors = diagnostics.filter(({ severity }) => severity === 0);
    assert.deepEqual(
      errors.map(({ message, path }) => `${path.join(".")}: ${message}`),
      [],
    );
    assert.equal(parsed.version(), "3.0.0");
    const operations = Object.keys(document.operations);
    assert.equal(parsed.allOperations().all().length, operations.length);
  });

  test(`the examples of ${file} fit its schemas`, () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats(ajv);
    // Widths of integers are Rust's: their bounds stand beside them.
    for (const width of [
      "uint8",
      "int8",
      "uint16",
      "int16",
      "uint32",
      "int32",
      "uint64",
      "double",
    ]) {
      ajv.addFormat(width, true);
    }
    ajv.addSchema(document, "contract");
    const messages = Object.entries(document.channels).flatMap(([channel, { messages }]) =>
      Object.keys(messages).map((name) => [channel, name]),
    );

    const wrong = [];
    for (const [channel, name] of messages) {
      const path = [channel, "messages", name].map((part) =>
        part.replace(/~/g, "~0").replace(/\//g, "~1"),
      );
      const validate = ajv.getSchema(
        `contract#/channels/${path.map(encodeURIComponent).join("/")}/payload`,
      );
      assert.ok(validate, `${channel} ${name} has a schema`);
      for (const { payload } of document.channels[channel].messages[name].examples ?? []) {
        if (!validate(payload))
          wrong.push(`${channel} ${name}: ${ajv.errorsText(validate.errors)}`);
      }
    }
    assert.deepEqual(wrong, []);
  });
}
