/** The package that users install: what is in it, and that it works on its own, with no node_modules anywhere near. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { cp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { openPromise } from "yauzl";
import { z } from "zod";
import { isAllowed } from "../../scripts/notices.mjs";
import { makePackage, PACKAGE } from "../../scripts/package.mjs";
import { unpack } from "../../src/engine/install/unpack.ts";
import { resultSchema } from "../../src/protocol/run.ts";
import { writeIdxFolder } from "./idxFolder.ts";
import { TINY } from "./whittle.ts";

const run = promisify(execFile);
/** Of the checkout. */
const ROOT = join(import.meta.dirname, "../..");

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
  /^extension\/examples\/\w+\.(model\.ts|js|csv|jsonl|whittle\.json)$/,
  /^extension\/dist\/(extension|parser|trainer|decodingThread|babel|cli)\.cjs$/,
  /^extension\/dist\/THIRD-PARTY-NOTICES\.txt$/,
  /^extension\/dist\/(live|compare|data)\.(js|css)$/,
  /^extension\/dist\/whittle-layers\.js$/,
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

describe("the package", () => {
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

  it("has a notice of every package that it carries code or files of, with the text of its licence", () => {
    const notices = readFileSync(program("THIRD-PARTY-NOTICES.txt"), "utf8");
    const entries = new Map(
      notices
        .split(`${"=".repeat(80)}\n`)
        .slice(1)
        .map((entry) => [/^(\S+) \d/.exec(entry)?.[1] ?? "", entry] as const),
    );
    // By the source maps, which webpack writes without the plugin that the notices are made from.
    const maps = readdirSync(join(ROOT, "dist"), { recursive: true, encoding: "utf8" }).filter((f) =>
      f.endsWith(".map"),
    );
    assert.ok(maps.length >= 8, maps.join());
    const bundled = maps.flatMap((file) => {
      const { sources } = z
        .looseObject({ sources: z.array(z.string()) })
        .parse(JSON.parse(readFileSync(join(ROOT, "dist", file), "utf8")));
      return sources.flatMap((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1] ?? []);
    });
    const copied = ["@tensorflow/tfjs-backend-wasm", "@tensorflow/tfjs-node", "@vscode/codicons", "node-gyp"];
    const carried = new Set([...bundled, ...copied]);
    assert.ok(carried.size > 50 && carried.has("chart.js") && carried.has("zod"));
    assert.deepEqual([...carried].filter((name) => !entries.has(name)).sort(), []);
    for (const [name, entry] of entries) {
      const licence = /^Licence: (.*)$/m.exec(entry)?.[1];
      assert.ok(isAllowed(licence), `${name}: ${licence}`);
      assert.match(entry, /permi|licen[cs]e/i, name);
      assert.ok(entry.length > 200, `${name} has no text`);
    }
  });

  it("may not carry what Apache-2.0 does not allow", () => {
    for (const licence of ["MIT", "(MIT OR GPL-3.0-only)", "Apache-2.0 AND MIT", "ISC"]) assert.ok(isAllowed(licence));
    for (const licence of [
      "GPL-3.0-only",
      "AGPL-3.0",
      "MIT AND GPL-2.0-only",
      "UNLICENSED",
      "",
      undefined,
      { type: "MIT" },
    ]) {
      assert.ok(!isAllowed(licence), String(licence));
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
