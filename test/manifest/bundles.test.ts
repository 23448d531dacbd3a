/** What the bundles hold and do not hold. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const dist = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "dist");

function read(name: string): string {
  const file = join(dist, name);
  assert.ok(existsSync(file), `${file} is missing; npm run build makes it`);
  return readFileSync(file, "utf8");
}

/** Names that survive minifying: of kernels and of the backend registry. */
const TENSOR_LIBRARY = /registerBackend|Conv2DBackpropFilter|tfjs-core/;
/** The code of its errors. */
const PARSER = /BABEL_PARSER_SYNTAX_ERROR/;

describe("bundles", () => {
  for (const name of ["extension.cjs", "cli.cjs", "live.js"]) {
    it(`${name} holds no tensor library`, () => {
      assert.doesNotMatch(read(name), TENSOR_LIBRARY);
    });
  }

  it("trainer.cjs holds one, with the files of the wasm engine beside it", () => {
    assert.match(read("trainer.cjs"), TENSOR_LIBRARY);
    for (const kind of ["", "-simd", "-threaded-simd"]) {
      assert.ok(existsSync(join(dist, `tfjs-backend-wasm${kind}.wasm`)), kind);
    }
  });

  it("extension.cjs leaves the parser to parser.cjs", () => {
    assert.match(read("parser.cjs"), PARSER);
    assert.doesNotMatch(read("extension.cjs"), PARSER);
  });

  it("trainer.cjs leaves the compiler of model files to babel.cjs", () => {
    assert.match(read("babel.cjs"), PARSER);
    assert.doesNotMatch(read("trainer.cjs"), PARSER);
  });

  it("only the extension asks for the editor", () => {
    assert.match(read("extension.cjs"), /require\(["']vscode["']\)/);
    for (const name of ["trainer.cjs", "cli.cjs"]) {
      assert.doesNotMatch(read(name), /require\(["']vscode["']\)/);
    }
  });

  it("cli.cjs can be started as a program", () => {
    assert.ok(read("cli.cjs").startsWith("#!/usr/bin/env node\n"));
  });
});
