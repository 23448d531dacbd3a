/** The package that users install: what is in it, and that it works on its own, with no node_modules anywhere near. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { cp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { openPromise } from "yauzl";
import { makePackage, PACKAGE } from "../../scripts/package.mjs";
import { unpack } from "../../src/engine/install/unpack.ts";
import { resultSchema } from "../../src/protocol/run.ts";
import { writeIdxFolder } from "./idxFolder.ts";
import { TINY } from "./whittle.ts";

const run = promisify(execFile);

/** In megabytes, of the package and of what it unpacks to: what is much larger holds something it should not. */
const LIMITS = { packed: 6, unpacked: 20 };

/** All that may be in it; each must be. */
const CONTENT = [
  /^extension\.vsixmanifest$/,
  /^\[Content_Types\]\.xml$/,
  /^extension\/(package\.json|package\.nls(\.\w+)?\.json|readme\.md|changelog\.md|LICENSE\.txt)$/,
  /^extension\/l10n\/bundle\.l10n(\.\w+)?\.json$/,
  /^extension\/media\/(icon\.(png|svg)|runs\.svg|whittle\.schema\.json)$/,
  /^extension\/media\/walkthrough\/\w+\.svg$/,
  /^extension\/examples\/\w+\.model\.ts$/,
  /^extension\/dist\/(extension|parser|trainer|babel|cli)\.cjs$/,
  /^extension\/dist\/(live|compare)\.(js|css)$/,
  /^extension\/dist\/panel\.css$/,
  /^extension\/dist\/codicon\.(css|ttf)$/,
  /^extension\/dist\/tfjs-backend-wasm(-simd|-threaded-simd)?\.wasm$/,
  /^extension\/dist\/addon\/tfjs-node\/(binding\.gyp|binding\/\w+\.(cc|h))$/,
  /^extension\/dist\/addon\/node-gyp\/(lib|gyp|src)\/[\w/-]+\.(cjs|py|cs|cc|ninja)$/,
  /^extension\/dist\/addon\/node-gyp\/(addon\.gypi|([\w/]+\/)?LICENSE[\w.]*)$/,
];

interface Member {
  readonly name: string;
  readonly bytes: number;
}

describe("the package", function () {
  this.timeout(120_000);
  const place = mkdtempSync(join(tmpdir(), "whittle-package-"));
  const program = (...path: string[]) => join(place, "extension", "dist", ...path);
  let members: Member[];

  before(async () => {
    await makePackage();
    members = await listMembers();
    await unpack(PACKAGE, place, {
      place: (member) => member,
      signal: new AbortController().signal,
      onFraction: () => undefined,
    });
  });
  after(() => rmSync(place, { recursive: true, force: true }));

  it("holds what it needs and nothing else", () => {
    const names = members.map((member) => member.name);
    assert.deepEqual(
      names.filter((name) => !CONTENT.some((pattern) => pattern.test(name))),
      [],
      "a surprise; delete dist/ if it is from an older build",
    );
    assert.deepEqual(
      CONTENT.filter((pattern) => !names.some((name) => pattern.test(name))),
      [],
      "missing",
    );
  });

  it("has a page without pictures and links that lead nowhere, and with the whole tour", () => {
    const page = readFileSync(join(place, "extension", "readme.md"), "utf8");
    assert.deepEqual(page.match(/\]\((?!https?:|#)[^)]*\)/g), null);
    assert.doesNotMatch(page, /pictures/);
    for (const step of ["1. **Open", "2. **Watch", "3. **Read", "4. **Compare"]) {
      assert.ok(page.includes(`\n${step}`), step);
    }
  });

  it(`is smaller than ${LIMITS.packed} MB, and ${LIMITS.unpacked} MB unpacked`, () => {
    const packed = statSync(PACKAGE).size / 1e6;
    const unpacked = members.reduce((sum, member) => sum + member.bytes, 0) / 1e6;
    console.log(`      ${packed.toFixed(2)} MB packed, ${unpacked.toFixed(2)} MB in ${members.length} files unpacked`);
    assert.ok(packed < LIMITS.packed && unpacked < LIMITS.unpacked);
  });

  it("prunes a model with the wasm engine inside it", async () => {
    const work = join(place, "work");
    mkdirSync(work);
    writeIdxFolder(join(work, "data"));
    await cp(TINY, join(work, "tiny.model.ts"));
    const result = resultSchema.parse(
      JSON.parse(await node(program("cli.cjs"), ["run", "tiny.model.ts", "--data", "idx:data", "--json"], work)),
    );
    assert.equal(result.status, "done");
    assert.equal(result.engine, "wasm");
    assert.ok(result.sparsity > 0);
  });

  it("brings what compiles the native engine's addon", async () => {
    assert.match(await node(program("addon", "node-gyp", "lib", "node-gyp.cjs"), ["--version"], place), /^v\d+\./);
    const python = process.platform === "win32" ? "python" : "python3";
    const { stdout } = await run(python, [program("addon", "node-gyp", "gyp", "gyp_main.py"), "--help"]);
    assert.match(stdout, /^usage: /);
  });

  async function listMembers(): Promise<Member[]> {
    const zip = await openPromise(PACKAGE);
    try {
      const found: Member[] = [];
      for await (const entry of zip.eachEntry()) {
        found.push({ name: entry.fileName, bytes: entry.uncompressedSize });
      }
      return found;
    } finally {
      zip.close();
    }
  }

  /** With an engine cache of its own, so that there is no native engine, and no other place to find modules in. */
  async function node(file: string, args: readonly string[], cwd: string): Promise<string> {
    const { NODE_PATH: _, NODE_OPTIONS: __, ...env } = process.env;
    const { stdout } = await run(process.execPath, [file, ...args], {
      cwd,
      env: { ...env, WHITTLE_CACHE: join(place, "cache") },
    });
    return stdout;
  }
});
