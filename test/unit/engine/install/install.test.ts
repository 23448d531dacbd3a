import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { inspectNative, nativeFolder } from "../../../../src/engine/install/cache.ts";
import { checkCompiler } from "../../../../src/engine/install/compile.ts";
import { installNative } from "../../../../src/engine/install/install.ts";
import { acquireInstallLock } from "../../../../src/engine/install/installLock.ts";
import { prebuiltFor, wheelFor } from "../../../../src/engine/install/versions.ts";
import { WhittleError } from "../../../../src/protocol/errors.ts";
import { withEmptyCache, withEnv, writeFakeNative } from "./cacheFolders.ts";

const silent = { onProgress: () => undefined };

describe("installNative", () => {
  it("leaves a complete installation alone, even where downloads are forbidden", () =>
    withEmptyCache(() =>
      withEnv("WHITTLE_NO_NATIVE_DOWNLOAD", "1", async () => {
        writeFakeNative(nativeFolder());
        const outcome = await installNative(silent);
        assert.equal(outcome.status, "present");
        assert.equal(outcome.origin, "wheel");
      }),
    ));

  it("refuses at once where downloads are forbidden, and touches nothing", () =>
    withEmptyCache((cache) =>
      withEnv("WHITTLE_NO_NATIVE_DOWNLOAD", "1", async () => {
        await assert.rejects(installNative(silent), (error: WhittleError) => {
          assert.ok(error instanceof WhittleError);
          assert.match(error.message, /WHITTLE_NO_NATIVE_DOWNLOAD/);
          assert.match(error.remedy, /wasm/);
          return true;
        });
        assert.deepEqual(readdirSync(cache), []);
      }),
    ));

  it("leaves nothing behind when cancelled, sweeps what an interrupted one left, keeps what worked", () =>
    withEmptyCache(() =>
      withEnv("WHITTLE_NO_NATIVE_DOWNLOAD", undefined, async () => {
        const folder = nativeFolder();
        writeFakeNative(folder);
        mkdirSync(`${folder}.building-left`, { recursive: true });
        const cancel = new AbortController();
        const reason = new Error("cancelled by the user");
        // The sweep is over when the first way begins; no way gets as far as the network.
        const installing = installNative({ ...silent, signal: cancel.signal, force: true });
        cancel.abort(reason);
        await assert.rejects(installing, reason);
        assert.equal(inspectNative().kind, "installed");
        assert.deepEqual(readdirSync(dirname(folder)), [folder.slice(dirname(folder).length + 1)]);
      }),
    ));

  it("says which folder cannot be written", () =>
    withEmptyCache((cache) =>
      withEnv("WHITTLE_NO_NATIVE_DOWNLOAD", undefined, async () => {
        writeFileSync(join(cache, "engine"), "a file in the way");
        await assert.rejects(installNative(silent), (error: WhittleError) => {
          assert.ok(error.message.includes(join(cache, "engine")));
          assert.match(error.remedy, /WHITTLE_CACHE/);
          return true;
        });
      }),
    ));

  it("names a missing compiler and how to install one, before anything is downloaded", () =>
    withEnv("CXX", "/nowhere/no-compiler", () =>
      assert.rejects(checkCompiler(new AbortController().signal), (error: WhittleError) => {
        assert.match(error.message, /needs a C\+\+ compiler/);
        assert.match(error.remedy, /install/i);
        return true;
      }),
    ));

  it("knows a way for every common system, over TLS, and pins every wheel", () => {
    for (const system of ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "win32-x64"]) {
      assert.match(prebuiltFor(system)?.library.url ?? "", /^https:\/\//, system);
    }
    for (const system of ["linux-x64", "linux-arm64"]) {
      assert.match(wheelFor(system)?.sha256 ?? "", /^[0-9a-f]{64}$/, system);
    }
  });
});

describe("acquireInstallLock", () => {
  const signal = new AbortController().signal;

  it("lets the second wait until the first is done", () =>
    withEmptyCache(async (cache) => {
      const file = join(cache, "a.lock");
      const order: string[] = [];
      const first = await acquireInstallLock(file, { signal, onWait: () => order.push("never") });
      const second = acquireInstallLock(file, { signal, onWait: () => order.push("waits") }).then((lock) => {
        order.push("second");
        return lock;
      });
      while (!order.includes("waits")) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      order.push("released");
      await first.release();
      await (await second).release();
      assert.deepEqual(order, ["waits", "released", "second"]);
      assert.equal(existsSync(file), false);
    }));

  it("takes over from one that no longer shows a heartbeat", () =>
    withEmptyCache(async (cache) => {
      const file = join(cache, "a.lock");
      writeFileSync(file, "of a process that was killed");
      const longAgo = new Date(Date.now() - 3_600_000);
      utimesSync(file, longAgo, longAgo);
      const lock = await acquireInstallLock(file, { signal, onWait: () => assert.fail("must not wait") });
      await lock.release();
    }));

  it("stops waiting when cancelled", () =>
    withEmptyCache(async (cache) => {
      const file = join(cache, "a.lock");
      const first = await acquireInstallLock(file, { signal, onWait: () => undefined });
      const cancel = new AbortController();
      await assert.rejects(
        acquireInstallLock(file, { signal: cancel.signal, onWait: () => cancel.abort() }),
        (error: Error) => error.name === "AbortError",
      );
      await first.release();
    }));
});
