import assert from "node:assert/strict";
import { checkInProcess, type Verdict } from "../../../../src/engine/install/checkProcess.ts";
import { chooseOneDnn, ONE_DNN_VARIABLE, timeStep } from "../../../../src/engine/install/oneDnn.ts";
import { loadEngine } from "../../../../src/engine/load.ts";

const took = (stepMs: number): Verdict => ({ usable: true, versions: { tfjs: "4" }, stepMs });
const FAILED: Verdict = { usable: false, reason: "its check crashed with SIGILL" };

describe("computing by oneDNN", () => {
  it("is chosen where it is not clearly slower", () => {
    const cases = [
      [8, 15, true],
      [10, 9.5, true],
      [10, 8, false],
    ] as const;
    for (const [on, off, oneDnn] of cases) {
      const verdict = chooseOneDnn(took(on), took(off));
      assert.deepEqual(verdict, { usable: true, versions: { tfjs: "4" }, oneDnn, measured: { on, off } });
    }
  });

  it("is not chosen where its check fails, and chosen where the other one does; where both do, there is no engine", () => {
    const withoutIt = chooseOneDnn(FAILED, took(9));
    assert.deepEqual([withoutIt.usable, withoutIt.usable && withoutIt.oneDnn], [true, false]);
    const withIt = chooseOneDnn(took(20), FAILED);
    assert.deepEqual([withIt.usable, withIt.usable && withIt.oneDnn], [true, true]);
    assert.deepEqual(chooseOneDnn(FAILED, FAILED), FAILED);
  });

  it("is measured by a step that leaves no tensor behind", async () => {
    const { tf } = await loadEngine("auto");
    const { numTensors } = tf.memory();
    assert.ok(timeStep(tf) > 0);
    assert.equal(tf.memory().numTensors, numTensors);
  });

  it("is as the environment of the check says, and timed where the native engine is there", async () => {
    for (const value of ["0", "1"]) {
      const verdict = await checkInProcess("native", { env: { [ONE_DNN_VARIABLE]: value } });
      assert.equal(verdict.usable, verdict.usable && (verdict.stepMs ?? 0) > 0);
    }
  });
});
