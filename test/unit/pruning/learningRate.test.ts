import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { RATE_SCHEDULES, settingsSchema } from "../../../src/protocol/settings.ts";
import { learningRateAt } from "../../../src/pruning/learningRate.ts";
import { followPlateau, NO_PLATEAU } from "../../../src/pruning/plateau.ts";

const ratesOf = (optimizer: object, phase: "train" | "recover" | "finetune", at: readonly number[]) => {
  const settings = settingsSchema.parse({ optimizer: { learningRate: 8, ...optimizer } }).optimizer;
  return at.map((progress) => Number(learningRateAt(settings, phase, progress, 0).toFixed(4)));
};

/** Made by test/reference/make_plateau.py with PyTorch. */
const plateaus = JSON.parse(
  readFileSync(new URL("../../reference/plateau.json", import.meta.url), "utf8"),
) as readonly { patience: number; losses: number[]; rates: number[] }[];

describe("learning rates", () => {
  for (const [schedule, expected] of [
    ["constant", [8, 8, 8, 8, 8]],
    ["cosine", [8, 6.8284, 4, 1.1716, 0]],
    ["linear", [8, 6, 4, 2, 0]],
    ["step", [8, 8, 0.8, 0.08, 0.08]],
  ] as const) {
    it(`go ${schedule} in dense training and fine-tuning, and so between prunings where that is asked for`, () => {
      const at = [0, 0.25, 0.5, 0.75, 1];
      assert.deepEqual(ratesOf({ schedule }, "train", at), expected);
      assert.deepEqual(ratesOf({ schedule }, "finetune", at), expected);
      assert.deepEqual(ratesOf({ schedule }, "recover", at), [8, 8, 8, 8, 8]);
      assert.deepEqual(ratesOf({ recoverSchedule: schedule }, "recover", at), expected);
    });
  }

  it("rise along a line first, then follow the schedule over what is left", () => {
    assert.deepEqual(ratesOf({ schedule: "linear", warmUp: 0.2 }, "train", [0, 0.1, 0.2, 0.6, 1]), [0, 4, 8, 4, 0]);
    assert.deepEqual(ratesOf({ warmUp: 0.2 }, "recover", [0, 0.1]), [8, 8], "no warm-up between prunings");
  });

  it("fall with the inverse root of the steps after a warm-up, as a transformer is trained", () => {
    const warmUp = 0.04;
    const expected = [0.02, 0.04, 0.16, 1].map((progress) =>
      Number((8 * Math.min(progress / warmUp, Math.sqrt(warmUp / progress))).toFixed(4)),
    );
    assert.deepEqual(ratesOf({ schedule: "inverseRoot", warmUp }, "train", [0.02, 0.04, 0.16, 1]), expected);
    const [first = 0, next = 0, last = 0] = ratesOf({ schedule: "inverseRoot" }, "train", [0, 0.1, 1]);
    assert.ok(first === 8 && next < 8 && last < next && last > 0);
  });

  for (const { patience, losses, rates } of plateaus) {
    it(`fall where the loss stands still as PyTorch's do, with a patience of ${patience} in ${losses.length} epochs`, () => {
      const schedules = { schedule: "plateau", recoverSchedule: "plateau", learningRate: 1 };
      const settings = settingsSchema.parse({ optimizer: schedules }).optimizer;
      let plateau = NO_PLATEAU;
      for (const [epoch, loss] of losses.entries()) {
        plateau = followPlateau(plateau, loss, patience);
        const expected = rates[epoch] ?? Number.NaN;
        // PyTorch makes no change that is smaller than 1e-8.
        if (expected < 2e-8) break;
        for (const phase of ["train", "recover"] as const) {
          const rate = learningRateAt(settings, phase, 0.5, plateau.drops);
          assert.ok(Math.abs(rate - expected) <= 1e-9 * expected, `${rate}, PyTorch has ${expected} after ${epoch}`);
        }
      }
    });
  }

  it("never exceed the full rate, nor fall below 0", () => {
    for (const schedule of RATE_SCHEDULES) {
      for (const warmUp of [0, 0.1, 0.9]) {
        for (const rate of ratesOf(
          { schedule, warmUp },
          "train",
          Array.from({ length: 101 }, (_, at) => at / 100),
        )) {
          assert.ok(rate >= 0 && rate <= 8, `${schedule}: ${rate}`);
        }
      }
    }
  });
});
