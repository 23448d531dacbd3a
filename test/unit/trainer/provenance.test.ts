import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { findChange, keepSource } from "../../../src/trainer/provenance.ts";
import { useFolder } from "../runs/record/sampleRuns.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("provenance", () => {
  const folder = useFolder();
  const write = (name: string, text: string): string => {
    const file = join(folder(), name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  const run = () => ({ dir: join(folder(), "run"), id: "run" });
  const keptText = (source: string | undefined) => readFileSync(join(run().dir, source ?? ""), "utf8");

  it("keeps a model file that imports nothing of the user's own, and its hash", async () => {
    const file = write("net.ts", 'import * as tf from "@tensorflow/tfjs";');
    const kept = await keepSource(run(), file);
    assert.deepEqual(kept, { sha256: sha256(readFileSync(file, "utf8")), source: "source/net.ts" });
    assert.equal(keptText(kept.source), readFileSync(file, "utf8"));
    assert.equal(await findChange(kept, file), undefined);
    write("net.ts", "changed");
    assert.equal(await findChange(kept, file), file);
  });

  it("keeps what it imports as well, so that the copies can import each other", async () => {
    const file = write("models/net.ts", 'import { a } from "../parts/a";\nimport size from "./size.json";');
    write("parts/a.ts", 'export * from "./b";');
    write("parts/b.ts", "export const a = 1;");
    write("models/size.json", "3");
    const kept = await keepSource(run(), file);
    assert.deepEqual(
      kept.files?.map(({ path, source }) => [path, source]),
      [
        ["net.ts", "source/models/net.ts"],
        ["../parts/a.ts", "source/parts/a.ts"],
        ["size.json", "source/models/size.json"],
        ["../parts/b.ts", "source/parts/b.ts"],
      ],
    );
    assert.equal(kept.source, "source/models/net.ts");
    for (const each of kept.files ?? []) assert.equal(sha256(keptText(each.source)), each.sha256);
    assert.equal(await findChange(kept, file), undefined);
  });

  it("tells which imported file has changed, and its hash changes with it", async () => {
    const file = write("net.ts", 'import { a } from "./a";');
    const imported = write("a.ts", "export const a = 1;");
    const kept = await keepSource(run(), file);
    write("a.ts", "export const a = 2;");
    assert.equal(await findChange(kept, file), imported);
    const again = await keepSource(run(), file);
    assert.notEqual(again.sha256, kept.sha256);
    write("a.ts", "export const a = 1;");
    assert.equal((await keepSource(run(), file)).sha256, kept.sha256);
    rmSync(imported);
    await assert.rejects(findChange(kept, file), /a\.ts/);
  });

  it("tells of a file that is imported in place of another one", async () => {
    const file = write("net.ts", 'import { a } from "./a";');
    write("a.ts", "export const a = 1;");
    const kept = await keepSource(run(), file);
    const nearer = write("a.js", "export const a = 2;");
    assert.equal(await findChange(kept, file), nearer);
  });

  it("takes a run of a version that kept the model file only as it was", async () => {
    const file = write("net.ts", 'import { a } from "./a";');
    write("a.ts", "export const a = 1;");
    const old = { sha256: sha256(readFileSync(file, "utf8")), source: "source/net.ts" };
    assert.equal(await findChange(old, file), undefined);
  });
});
