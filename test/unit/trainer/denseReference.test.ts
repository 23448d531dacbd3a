import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import type { NewEvent } from "../../../src/protocol/events.ts";
import type { SettingsInput } from "../../../src/protocol/settings.ts";
import type { Checkpoint } from "../../../src/runs/checkpoint/checkpoint.ts";
import { runLoop } from "../../../src/trainer/loop.ts";
import { assignWeights } from "../../../src/trainer/snapshot.ts";
import { data, makeTrained, settings } from "./playedLoop.ts";

interface World {
  readonly from?: Checkpoint | undefined;
  readonly change?: SettingsInput;
  readonly initialWeights?: ReadonlyMap<string, Float32Array>;
  /** What happens to the process when it comes by. */
  readonly onDense?: () => void;
  readonly onCheckpoint?: () => void;
}

/** Where there is a crash, what was there before it. */
async function play({ from, change, initialWeights, onDense, onCheckpoint }: World) {
  const { network } = makeTrained();
  const events: NewEvent[] = [];
  const kept: Checkpoint["tensors"][] = [];
  const saved: Checkpoint[] = [];
  const input = { tf, network, data, settings: settings(change), initialWeights, resumeFrom: from };
  const ended = runLoop(input, {
    emit: (event) => events.push(event),
    save(state, tensors) {
      onCheckpoint?.();
      saved.push({ seq: events.length, state: JSON.parse(JSON.stringify(state)), tensors: new Map(tensors) });
    },
    keepDense(weights) {
      onDense?.();
      kept.push(weights);
    },
    now: () => 0,
    breathe: async () => "go on",
  });
  await ended.catch((error: unknown) => assert.equal(String(error), "Error: killed"));
  return { events, kept, saved };
}

const valuesOf = (tensors: Checkpoint["tensors"]) => new Map([...tensors].map(([name, { values }]) => [name, values]));

/** Loss and metric of a model with these weights. */
function scoreOf(tensors: Checkpoint["tensors"] | undefined) {
  const { network } = makeTrained();
  assert.ok(tensors !== undefined);
  assignWeights(tf, network, valuesOf(tensors));
  return network.evaluate(data, data.validation);
}

const referenceOf = (events: readonly NewEvent[]) => {
  const [event, ...others] = events.filter(({ type }) => type === "reference");
  assert.ok(event?.type === "reference" && others.length === 0);
  return event.validation;
};

describe("weights of the dense reference", () => {
  before(() => tf.setBackend("cpu"));

  it("are handed over once, those of the best dense epoch, with nothing pruned", async () => {
    const { events, kept } = await play({});
    assert.equal(kept.length, 1);
    assert.deepEqual([...(kept[0]?.keys() ?? [])], ["hidden/kernel", "hidden/bias", "out/kernel", "out/bias"]);
    assert.deepEqual(kept[0]?.get("hidden/kernel")?.shape, [8, 6]);
    assert.deepEqual(scoreOf(kept[0]), referenceOf(events));
    assert.ok([...(kept[0]?.get("hidden/kernel")?.values ?? [])].every((weight) => weight !== 0));
  });

  for (const [moment, crash] of [
    ["before they are kept", "onDense"],
    ["between them and the next checkpoint", "onCheckpoint"],
  ] as const) {
    it(`are the same after a crash ${moment}`, async () => {
      const whole = await play({});
      const before = whole.saved.findIndex(({ tensors }) => tensors.has("best-weight:hidden/kernel"));
      let checkpoints = 0;
      const killed = await play({
        [crash]: () => {
          if (crash === "onDense" || ++checkpoints > before) throw new Error("killed");
        },
      });
      assert.equal(killed.kept.length, crash === "onDense" ? 0 : 1);
      const resumed = await play({ from: killed.saved.at(-1) });
      assert.deepEqual(resumed.kept, whole.kept);
    });
  }

  it("are not handed over again by a run that goes on from a later moment", async () => {
    const { saved } = await play({});
    assert.equal((await play({ from: saved.at(-2) })).kept.length, 0);
  });

  it("are those that a run begins with, where its model was trained elsewhere, or all where nothing is pruned", async () => {
    const { network } = makeTrained();
    const initialWeights = new Map(
      [...network.weights].map(([name, variable]) => [
        name,
        Float32Array.from({ length: variable.size }, (_, at) => Math.sin(at)),
      ]),
    );
    const loaded = await play({ initialWeights, change: { initialModel: "net.npz" } });
    assert.deepEqual(loaded.kept.map(valuesOf), [initialWeights]);
    const dense = await play({ change: { pruning: { maxEpochs: 0 } } });
    assert.deepEqual(scoreOf(dense.kept[0]), referenceOf(dense.events));
  });
});
