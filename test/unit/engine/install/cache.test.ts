import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  addonPath,
  cacheFolder,
  inspectNative,
  manifestPath,
  nativeFolder,
} from "../../../../src/engine/install/cache.ts";
import { withEmptyCache, withEnv, writeFakeNative } from "./cacheFolders.ts";

describe("engine cache", () => {
  it("is the user's, or the one that WHITTLE_CACHE names", async () => {
    await withEnv("WHITTLE_CACHE", undefined, () => assert.match(cacheFolder(), /whittle/i));
    await withEnv("WHITTLE_CACHE", "/elsewhere", () => assert.equal(cacheFolder(), "/elsewhere"));
  });

  it("has a folder of its own for each version, system and processor kind", () =>
    withEmptyCache((cache) =>
      assert.equal(nativeFolder(), join(cache, "engine", `tfjs-node-4.22.0-${process.platform}-${process.arch}`)),
    ));

  it("tells a missing, a complete and a damaged native engine apart", () =>
    withEmptyCache(() => {
      const folder = nativeFolder();
      assert.equal(inspectNative().kind, "missing");
      mkdirSync(folder, { recursive: true });
      assert.equal(inspectNative().kind, "missing", "a folder without a manifest is one that was never finished");
      writeFakeNative(folder);
      const state = inspectNative();
      assert.equal(state.kind, "installed");
      assert.equal(state.kind === "installed" && state.manifest.tensorflow, "2.15.1");

      appendFileSync(addonPath(folder), "more");
      assert.deepEqual(inspectNative(), {
        kind: "damaged",
        folder,
        problem: `${addonPath(folder)} is missing or has another size`,
      });
      rmSync(addonPath(folder));
      assert.equal(inspectNative().kind, "damaged");
      for (const text of ["{", "{}", '{"format":2}']) {
        writeFileSync(manifestPath(folder), text);
        assert.deepEqual(inspectNative().kind, "damaged", text);
      }
    }));
});
