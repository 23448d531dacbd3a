import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadCpu } from "../../../src/engine/cpu.ts";
import { loadDefinition } from "../../../src/models/load.ts";
import { lineInFile } from "../../../src/models/loadErrors.ts";
import { useFolder } from "../runs/record/sampleRuns.ts";

const THROWS = `// a comment
type Unused = { readonly a: number };
export function broken(): never {
  throw new Error("as it should");
}
`;

describe("files that were compiled before", () => {
  const folder = useFolder();
  const before = process.env["WHITTLE_CACHE"];
  let file: string;
  let cache: string;

  beforeEach(() => {
    process.env["WHITTLE_CACHE"] = join(folder(), "cache");
    cache = join(folder(), "cache", "models");
    file = join(folder(), "thrown.model.ts");
    writeFileSync(file, THROWS);
  });

  afterEach(() => {
    if (before === undefined) {
      delete process.env["WHITTLE_CACHE"];
    } else {
      process.env["WHITTLE_CACHE"] = before;
    }
  });

  /** The line that its error names. */
  async function buildAndFail(): Promise<number | undefined> {
    const definition = await loadDefinition(await loadCpu(), file, "broken");
    const error: unknown = await definition.build().then(
      () => assert.fail("it threw nothing"),
      (thrown: unknown) => thrown,
    );
    return lineInFile(error, file);
  }

  it("are kept, and name the same lines when they are loaded again", async () => {
    assert.equal(await buildAndFail(), 4);
    assert.equal(readdirSync(cache).length, 1);
    assert.equal(await buildAndFail(), 4);
  });

  it("are compiled anew after a change", async () => {
    await buildAndFail();
    writeFileSync(file, `\n${THROWS}`);
    assert.equal(await buildAndFail(), 5);
  });

  it("are compiled without being kept where nothing can be kept", async () => {
    writeFileSync(join(folder(), "cache"), "a file, not a folder");
    assert.equal(await buildAndFail(), 4);
  });

  it("are compiled again where what was kept cannot be read", async () => {
    await buildAndFail();
    const [name = ""] = readdirSync(cache);
    rmSync(join(cache, name));
    mkdirSync(join(cache, name));
    assert.equal(await buildAndFail(), 4);
  });

  it("are executed once, whatever they fail with", async () => {
    const count = join(folder(), "count.txt");
    writeFileSync(
      file,
      `import { appendFileSync, readFileSync } from "node:fs";
appendFileSync(${JSON.stringify(count)}, "x");
readFileSync(${JSON.stringify(join(folder(), "missing.csv"))});
`,
    );
    await assert.rejects(loadDefinition(await loadCpu(), file, "broken"), /thrown\.model\.ts:3 failed .*missing\.csv/);
    assert.equal(readFileSync(count, "utf8"), "x");
  });
});
