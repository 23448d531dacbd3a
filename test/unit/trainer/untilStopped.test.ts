import assert from "node:assert/strict";
import { createSteering } from "../../../src/trainer/steering.ts";
import { untilStopped } from "../../../src/trainer/untilStopped.ts";

describe("waiting for users' code", () => {
  const never = new Promise<never>(() => undefined);

  it("gives what it gives, and fails as it fails", async () => {
    const steering = createSteering();
    assert.equal(await untilStopped(steering, Promise.resolve(5), "it", assert.fail), 5);
    await assert.rejects(untilStopped(steering, Promise.reject(new Error("no")), "it", assert.fail), /no/);
  });

  it("ends when the run is stopped, before or meanwhile, and not when it is paused", async () => {
    const steering = createSteering();
    const waiting = untilStopped(steering, never, "it", assert.fail);
    steering.set("pause");
    const first = await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 20, "waits"))]);
    assert.equal(first, "waits");
    steering.set("stop");
    assert.equal(await waiting, undefined);
    assert.equal(await untilStopped(steering, never, "it", assert.fail), undefined);
  });

  it("tells once what takes long", async () => {
    const real = globalThis.setTimeout;
    globalThis.setTimeout = ((run: () => void) => real(run, 1)) as typeof setTimeout;
    const steering = createSteering();
    const told: string[] = [];
    try {
      const waiting = untilStopped(steering, never, "net.ts", (message) => told.push(message));
      await new Promise((resolve) => real(resolve, 30));
      steering.set("stop");
      await waiting;
    } finally {
      globalThis.setTimeout = real;
    }
    assert.deepEqual(told, ["net.ts has not given its model and data after 20 s; the run can be stopped."]);
  });
});
