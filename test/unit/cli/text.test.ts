import assert from "node:assert/strict";
import fc from "fast-check";
import { drawBar, drawFrame } from "../../../src/cli/frame.ts";
import { describeEvent } from "../../../src/cli/plainLines.ts";
import { advance, NO_PROGRESS } from "../../../src/cli/progress.ts";
import { PLAIN } from "../../../src/cli/style.ts";
import type { NewEvent } from "../../../src/protocol/events.ts";
import {
  asBytes,
  asChange,
  asDuration,
  asFigure,
  asMetric,
  asPercent,
  asSpread,
} from "../../../src/protocol/figures.ts";
import { epoch, layer, MODEL, numbered } from "./events.ts";

describe("figures", () => {
  it("shows percents, and a whole only where it is one", () => {
    assert.equal(asPercent(0.5), "50.0 %");
    assert.equal(asPercent(0.98765, 2), "98.77 %");
    assert.equal(asPercent(0.9999), "99.9 %");
    assert.equal(asPercent(0.999999, 2), "99.99 %");
    assert.equal(asPercent(1, 2), "100.00 %");
    assert.equal(asPercent(0.999, 0), "99 %");
  });

  it("shows durations in two units at most", () => {
    assert.deepEqual([0, 999, 1000, 1_066_400, 999_999, 4e9].map(asBytes), [
      "0 bytes",
      "999 bytes",
      "1 kB",
      "1.07 MB",
      "1 MB",
      "4 GB",
    ]);
    assert.deepEqual([0.25, 12.34, 59.96, 65, 3599.6, 7440].map(asDuration), [
      "250 ms",
      "12.3 s",
      "1 min 00 s",
      "1 min 05 s",
      "1 h 00 min",
      "2 h 04 min",
    ]);
  });

  it("shows accuracies in percent, other metrics as they are", () => {
    assert.equal(asMetric("accuracy", 0.975), "97.50 %");
    assert.equal(asMetric("binaryAccuracy", 0.5), "50.00 %");
    assert.equal(asMetric("meanSquaredError", 0.123456), "0.1235");
    assert.equal(asFigure(1234567), "1235000");
  });

  it("shows scores of 0 to 100 with two digits, as sacreBLEU does, and changes of them as such", () => {
    assert.deepEqual(
      [0, 5.4321, 33.456, 100].map((value) => asMetric("bleu", value)),
      ["0.00", "5.43", "33.46", "100.00"],
    );
    assert.equal(asMetric("chrf", 61.2), "61.20");
    assert.equal(asChange("bleu", -0.61234), "−0.61");
    assert.equal(asChange("chrf", 0.001), "0.00");
    assert.equal(asChange("accuracy", -0.0061), "−0.61 pp");
    assert.equal(asChange("perplexity", 1.23456), "+1.235");
    assert.equal(
      asSpread({ mean: 33.4, sd: 0.2 }, (value) => asMetric("bleu", value)),
      "33.40 ± 0.20",
    );
  });
});

describe("the live picture", () => {
  it("draws bars of a fixed width that grow with the part", () => {
    fc.assert(
      fc.property(fc.double({ min: -1, max: 2, noNaN: true }), fc.integer({ min: 1, max: 60 }), (part, width) => {
        const bar = drawBar(part, width);
        assert.equal([...bar].length, width);
        const full = [...bar].filter((sign) => sign === "█").length;
        assert.ok(Math.abs(full - Math.min(1, Math.max(0, part)) * width) <= 1);
      }),
    );
    assert.equal(drawBar(0.5, 4), "██··");
    assert.equal(drawBar(0.625, 4), "██▌·");
  });

  it("fits the terminal however many layers there are", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 80 }), fc.integer({ min: 8, max: 60 }), (count, rows) => {
        const layers = Array.from({ length: count }, (_, index) => layer(`dense_${index}/kernel`, 10, 5));
        const lines = drawFrame({ ...NO_PROGRESS, layers }, PLAIN, rows).split("\n");
        assert.ok(lines.length < rows);
        const shown = lines.filter((line) => line.includes("/kernel")).length;
        const hidden = Number(/and (\d+) more/.exec(lines.join("\n"))?.[1] ?? 0);
        assert.equal(shown + hidden, count);
      }),
    );
  });

  it("shows phase, figures and each layer", () => {
    const progress = numbered(MODEL, epoch(1, 2), epoch(2, 4, [250, 100])).reduce(advance, NO_PROGRESS);
    const frame = drawFrame(progress, PLAIN, 24);
    assert.match(frame, /^training · epoch 2\.0 of at most 10 · at most 16\.0 s left$/m);
    assert.match(frame, /loss 0\.5 · accuracy 97\.50 % · sparsity 68\.18 %/);
    assert.match(frame, /hidden\/kernel █{15}·{5} +75\.0 % 250 of 1,000 left/);
    assert.match(frame, /output\/kernel ·{20} +0\.0 % 100 of 100 left/);
  });
});

describe("events as lines", () => {
  const describeAfterModel = (event: NewEvent, everything = false): string | undefined => {
    const [model, one] = numbered(MODEL, event);
    assert.ok(model !== undefined && one !== undefined);
    return describeEvent(one, advance(NO_PROGRESS, model), everything);
  };

  it("tells epochs, prunings and the baseline with the metric's name", () => {
    assert.equal(
      describeAfterModel(epoch(3, 65, [550, 0])),
      "train epoch 3/10  loss 0.5  validation loss 0.25  accuracy 97.50 %  sparsity 50.00 %  1 min 05 s",
    );
    const validation = { loss: 0.3, metric: 0.9 };
    assert.equal(
      describeAfterModel({ type: "reference", validation }),
      "baseline: validation loss 0.3, accuracy 90.00 %",
    );
    assert.equal(
      describeAfterModel({
        type: "prune",
        epoch: 4,
        threshold: 0.01,
        pruned: 1234,
        sparsity: 0.5,
        validation,
        layers: [],
      }),
      "pruned 1,234 weights below 0.01: sparsity 50.00 %, accuracy 90.00 %",
    );
  });

  it("keeps probes, checkpoints and states for the full log", () => {
    const validation = { loss: 0.3, metric: 0.9 };
    const events: NewEvent[] = [
      { type: "probe", threshold: 0.01, sparsity: 0.5, validation, accepted: false },
      { type: "checkpoint", file: "checkpoints/7.safetensors" },
      { type: "state", state: "running", pid: 5 },
    ];
    assert.deepEqual(
      events.map((event) => describeAfterModel(event)),
      [undefined, undefined, undefined],
    );
    assert.deepEqual(
      events.map((event) => describeAfterModel(event, true)),
      [
        "probe: threshold 0.01, sparsity 50.00 %, validation loss 0.3, accuracy 90.00 %: rejected",
        "checkpoint: checkpoints/7.safetensors",
        "running (process 5)",
      ],
    );
  });
});
