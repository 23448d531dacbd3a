import assert from "node:assert/strict";
import { createSteering } from "../../../src/trainer/steering.ts";

describe("steering", () => {
  it("hands out each request once, and wakes who waits", async () => {
    const steering = createSteering();
    const changed = steering.changed();
    steering.request("save");
    steering.request("save");
    steering.request("prune");
    await changed;
    assert.deepEqual([...steering.takeRequests()], ["save", "prune"]);
    assert.deepEqual([...steering.takeRequests()], []);
  });

  it("never takes a stop back", () => {
    const steering = createSteering();
    steering.set("pause");
    steering.set("stop");
    steering.set("go on");
    assert.equal(steering.wish, "stop");
  });
});
