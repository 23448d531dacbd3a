import assert from "node:assert/strict";
import type { NewEvent } from "../../../../src/protocol/events.ts";
import { thinEvents } from "../../../../src/runs/log/thinEvents.ts";
import { epoch, MODEL, numbered, step } from "../../cli/events.ts";

const prune = (at: number): NewEvent => ({
  type: "prune",
  epoch: at,
  threshold: 0.1,
  pruned: 1,
  sparsity: 0.5,
  validation: { loss: 0.3, metric: 0.9 },
  layers: [],
});

describe("thinEvents", () => {
  const long = numbered(
    MODEL,
    ...Array.from({ length: 5000 }, (_, index) => [
      ...Array.from({ length: 18 }, () => step(1)),
      epoch(index + 1, index),
      ...(index % 10 === 0 ? [prune(index + 1)] : []),
    ]).flat(),
  );

  it("keeps every pruning of 100,000 events, and few of the others", () => {
    assert.ok(long.length > 95_000);
    const thin = thinEvents(long);
    assert.equal(thin.filter((event) => event.type === "prune").length, 500);
    assert.ok(thin.length < 3000, String(thin.length));
    assert.equal(thin[0]?.type, "model");
    assert.deepEqual(
      thin.map((event) => event.seq),
      thin.map((event) => event.seq).toSorted((a, b) => a - b),
    );
  });

  it("keeps the last of what only the last counts of", () => {
    const thin = thinEvents(long);
    assert.equal(thin.filter((event) => event.type === "step").length, 1);
    const last = (events: readonly { type: string; seq: number }[], type: string) =>
      events.findLast((event) => event.type === type)?.seq;
    for (const type of ["step", "epoch"]) {
      assert.equal(last(thin, type), last(long, type));
    }
  });

  it("leaves short logs alone", () => {
    const short = long.slice(0, 200);
    assert.equal(thinEvents(short), short);
  });
});
