import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeExport } from "../../../src/export/write.ts";

const FILE = "safetensors";
const FOLDER = "tfjs";
const bytes = (text: string): Uint8Array => Buffer.from(text);

describe("writing an export", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "whittle-export-"));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const files = (text: string) =>
    new Map([
      ["model.json", bytes(text)],
      ["weights.bin", bytes(`${text}${text}`)],
    ]);

  it("puts a file or a folder there, and says how large it is", async () => {
    const [file, folder] = [join(dir, "a.safetensors"), join(dir, "b")];
    assert.equal(await writeExport(file, FILE, new Map([["any", bytes("abc")]]), false), 3);
    assert.equal(await writeExport(folder, FOLDER, files("x"), false), 3);
    assert.equal(readFileSync(file, "utf8"), "abc");
    assert.equal(readFileSync(join(folder, "weights.bin"), "utf8"), "xx");
    assert.deepEqual(readdirSync(dir).sort(), ["a.safetensors", "b"]);
  });

  it("replaces what is there only when that is meant, and then the whole of it", async () => {
    const [file, folder] = [join(dir, "a.safetensors"), join(dir, "b")];
    for (const [text, overwrite] of [
      ["first", false],
      ["second", true],
    ] as const) {
      await writeExport(file, FILE, new Map([["any", bytes(text)]]), overwrite);
      await writeExport(folder, FOLDER, files(text), overwrite);
      await assert.rejects(writeExport(file, FILE, files("no"), false), /a\.safetensors is there already/);
      await assert.rejects(writeExport(folder, FOLDER, files("no"), false), /b is there already/);
      assert.equal(readFileSync(file, "utf8"), text);
      assert.equal(readFileSync(join(folder, "model.json"), "utf8"), text);
    }
    assert.deepEqual(readdirSync(dir).sort(), ["a.safetensors", "b"]);
  });

  it("never takes a folder away that holds anything else", async () => {
    writeFileSync(join(dir, "thesis.txt"), "years of work");
    await assert.rejects(writeExport(dir, FOLDER, files("x"), true), /is not replaced: it holds thesis\.txt/);
    assert.deepEqual(readdirSync(dir), ["thesis.txt"]);
  });

  it("refuses another ending, a folder in a file's place and the other way round, and a place that is not there", async () => {
    const file = new Map([["any", bytes("abc")]]);
    await assert.rejects(writeExport(join(dir, "a.bin"), FILE, file, false), /ends in \.safetensors/);
    mkdirSync(join(dir, "c.safetensors"));
    await assert.rejects(writeExport(join(dir, "c.safetensors"), FILE, file, true), /c\.safetensors is a folder/);
    writeFileSync(join(dir, "d"), "");
    await assert.rejects(writeExport(join(dir, "d"), FOLDER, files("x"), true), /d is a file/);
    await assert.rejects(writeExport(join(dir, "none/a.safetensors"), FILE, file, false), /There is no folder .*none/);
    assert.equal(existsSync(join(dir, "none")), false);
  });

  it("leaves nothing behind where it cannot write", async () => {
    const closed = join(dir, "closed");
    mkdirSync(closed);
    chmodSync(closed, 0o500);
    // Root may write anywhere: a file in the way stops it as well.
    if (process.getuid?.() === 0) {
      const clash = new Map([
        ["model.json", bytes("x")],
        ["model.json/inside", bytes("x")],
      ]);
      await assert.rejects(writeExport(join(dir, "e"), FOLDER, clash, false), /Could not write .*--out|file stands/);
    } else {
      await assert.rejects(writeExport(join(closed, "e"), FOLDER, files("x"), false), /permission denied/);
    }
    chmodSync(closed, 0o700);
    assert.deepEqual([readdirSync(dir), readdirSync(closed)], [["closed"], []]);
  });
});
