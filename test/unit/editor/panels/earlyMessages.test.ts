import assert from "node:assert/strict";
import { keepEarly } from "../../../../src/editor/panels/earlyMessages.ts";

describe("messages for a page that is being loaded", () => {
  it("are kept until it is ready, in order, and passed on at once from then on", () => {
    const passed: number[] = [];
    const messages = keepEarly<number>((message) => passed.push(message));
    messages.send(1);
    messages.send(2);
    assert.deepEqual(passed, []);
    assert.equal(messages.release(), true);
    messages.send(3);
    assert.deepEqual(passed, [1, 2, 3]);
  });

  it("are not passed on when some were dropped, nor twice", () => {
    const passed: number[] = [];
    const messages = keepEarly<number>((message) => passed.push(message));
    for (let count = 0; count < 1000; count += 1) {
      messages.send(count);
    }
    assert.equal(messages.release(), false);
    assert.equal(messages.release(), false);
    assert.deepEqual(passed, []);
    messages.send(1);
    assert.deepEqual(passed, [1]);
  });
});
