import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { create } from "tar";
import { placeLibraryMember } from "../../../../src/engine/install/prebuilt.ts";
import { type UnpackOptions, unpack } from "../../../../src/engine/install/unpack.ts";

const MEMBERS = {
  "lib/libtensorflow.so.2": "library",
  "include/tensorflow/c/c_api.h": "header",
  LICENSE: "text",
};

describe("unpack", () => {
  let folder: string;
  let options: UnpackOptions;
  let fractions: number[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "whittle-unpack-"));
    fractions = [];
    options = {
      place: placeLibraryMember,
      signal: new AbortController().signal,
      onFraction: (fraction) => fractions.push(fraction),
    };
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function files(where: string): string[] {
    return readdirSync(where, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(where.length + 1))
      .sort();
  }

  function assertUnpacked(target: string): void {
    assert.deepEqual(files(target), ["deps/include/tensorflow/c/c_api.h", "deps/lib/libtensorflow.so.2"]);
    assert.equal(readFileSync(join(target, "deps/lib/libtensorflow.so.2"), "utf8"), "library");
    assert.equal(fractions.at(-1), 1);
  }

  it("takes the wanted members of a zip file to their places", async () => {
    const archive = join(folder, "a.zip");
    writeFileSync(archive, zipSync(Object.fromEntries(Object.entries(MEMBERS).map(([k, v]) => [k, strToU8(v)]))));
    await unpack(archive, join(folder, "out"), options);
    assertUnpacked(join(folder, "out"));
  });

  for (const prefix of ["", "./"]) {
    it(`takes the wanted members of a tar file to their places, named with "${prefix}"`, async () => {
      const source = join(folder, "source");
      for (const [name, text] of Object.entries(MEMBERS)) {
        mkdirSync(join(source, name, ".."), { recursive: true });
        writeFileSync(join(source, name), text);
      }
      const archive = join(folder, "a.tar.gz");
      await create(
        { file: archive, gzip: true, cwd: source },
        ["lib", "include", "LICENSE"].map((name) => prefix + name),
      );
      await unpack(archive, join(folder, "out"), options);
      assertUnpacked(join(folder, "out"));
    });
  }

  it("refuses a zip file whose member leads out of the folder", async () => {
    const archive = join(folder, "a.zip");
    writeFileSync(archive, zipSync({ "lib/../../../evil": strToU8("x") }));
    await assert.rejects(unpack(archive, join(folder, "out"), options), /invalid relative path/);
    assert.deepEqual(files(folder), ["a.zip"]);
  });

  it("stops when cancelled", async () => {
    const archive = join(folder, "a.zip");
    writeFileSync(archive, zipSync({ "lib/a": strToU8("x") }));
    const signal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(unpack(archive, join(folder, "out"), { ...options, signal }), /enough/);
  });
});
