import assert from "node:assert/strict";
import { Disposables } from "../../../../src/editor/base/disposables.ts";

describe("Disposables", () => {
  it("ends what it owns once, last first", () => {
    const ended: string[] = [];
    const owner = new Disposables();
    for (const name of ["a", "b", "c"]) {
      owner.add({ dispose: () => ended.push(name) });
    }
    owner.dispose();
    owner.dispose();
    assert.deepEqual(ended, ["c", "b", "a"]);
  });

  it("ends at once what comes after its own end", () => {
    const owner = new Disposables();
    owner.dispose();
    let count = 0;
    owner.add({
      dispose: () => {
        count += 1;
      },
    });
    assert.equal(count, 1);
  });
});
