import assert from "node:assert/strict";
import { resolve } from "node:path";
import { parseSettingsFile } from "../../../src/models/settingsFile.ts";
import { WhittleError } from "../../../src/protocol/errors.ts";

const file = resolve("/somewhere/a.whittle.json");
const refuses = (text: string, message: RegExp) =>
  assert.throws(
    () => parseSettingsFile(text, file),
    (error) => error instanceof WhittleError && error.kind === "usage" && message.test(error.message),
  );

describe("settings file", () => {
  it("gives what stands in it, and nothing else", () => {
    assert.deepEqual(parseSettingsFile('{"$schema": "x", "pruning": {"lambda": 1e-3}}', file), {
      pruning: { lambda: 1e-3 },
    });
    assert.deepEqual(parseSettingsFile("{}", file), {});
  });

  it("names data beside itself", () => {
    assert.deepEqual(parseSettingsFile('{"data": "idx:mnist"}', file), { data: `idx:${resolve("/somewhere/mnist")}` });
    assert.deepEqual(parseSettingsFile('{"data": "digits"}', file), { data: "digits" });
  });

  it("is refused with the file's name and the wrong key", () => {
    refuses("{", /a\.whittle\.json is not JSON/);
    refuses("[]", /holds no object/);
    refuses('{"pruning": {"lamda": 1}}', /a\.whittle\.json: .*pruning\.lamda/);
    refuses('{"epochs": -1}', /epochs = -1/);
    refuses('{"__proto__": {"x": 1}}', /__proto__/);
  });
});
