import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { settingsJsonSchema } from "../../../scripts/settingsSchema.ts";
import { settingsTable } from "../../../scripts/settingsTable.ts";
import { settingsSchema } from "../../../src/protocol/settings.ts";

describe("settings", () => {
  it("are documented as they are: run `npm run docs` after a change", () => {
    assert.equal(readFileSync(new URL("../../../docs/settings.md", import.meta.url), "utf8"), settingsTable());
  });

  it("have a JSON schema for settings files: run `npm run docs` after a change", () => {
    const file = new URL("../../../media/whittle.schema.json", import.meta.url);
    assert.equal(readFileSync(file, "utf8"), settingsJsonSchema());
  });

  it("have a description each", () => {
    const rows = settingsTable()
      .split("\n")
      .filter((line) => line.startsWith("| `"));
    assert.ok(rows.length > 30);
    for (const row of rows) assert.ok((row.split(/(?<!\\)\|/).at(-2) ?? "").trim().length > 10, row);
  });

  it("need none to be given", () => {
    const settings = settingsSchema.parse({});
    assert.equal(settings.pruning.bound.maxDrop, 0.5);
    assert.deepEqual(settingsSchema.parse(JSON.parse(JSON.stringify(settings))), settings);
  });

  for (const [name, value] of [
    ["a negative λ", { pruning: { lambda: -1 } }],
    ["a λ that is no number", { pruning: { lambda: Number.NaN } }],
    ["an unknown key", { pruning: { lamda: 1e-4 } }],
    ["a sparsity over 1", { pruning: { targetSparsity: 1.5 } }],
    ["half an epoch", { epochs: 1.5 }],
  ] as const) {
    it(`refuse ${name}`, () => assert.equal(settingsSchema.safeParse(value).success, false));
  }
});
