import assert from "node:assert/strict";
import fc from "fast-check";
import { compareRuns } from "../../../../src/runs/compare/compare.ts";
import { type FrontPoint, findFront, guessBetter } from "../../../../src/runs/compare/compareFront.ts";
import { spreadOf } from "../../../../src/runs/compare/compareSeeds.ts";
import { epochEvent, sampleInput } from "./sampleComparison.ts";

const at = (key: string, sparsity: number, metric: number): FrontPoint => ({ key, sparsity, metric });

describe("the Pareto front", () => {
  it("is that of a case worked by hand", () => {
    const points = [
      at("dense", 0, 0.98),
      at("worse than dense and hardly sparser than it, beaten by half", 0.1, 0.96),
      at("half", 0.5, 0.975),
      at("beaten by half in both", 0.4, 0.97),
      at("as sparse as half, less accurate", 0.5, 0.97),
      at("sparsest", 0.9, 0.9),
      at("as accurate as sparsest, less sparse", 0.8, 0.9),
    ];
    assert.deepEqual(findFront(points, "higher"), ["dense", "half", "sparsest"]);
    // Where less is better, the sparsest point is also the best one.
    assert.deepEqual(findFront(points, "lower"), ["sparsest"]);
  });

  it("keeps points that are equal in both figures, and takes none without figures", () => {
    assert.deepEqual(findFront([at("a", 0.5, 1), at("b", 0.5, 1), at("c", 0.5, Number.NaN)], "higher").sort(), [
      "a",
      "b",
    ]);
    assert.deepEqual(findFront([], "higher"), []);
  });

  it("holds exactly the points that nothing beats, whichever way the metric goes", () => {
    const figure = fc.integer({ min: 0, max: 6 });
    fc.assert(
      fc.property(fc.array(fc.tuple(figure, figure)), fc.constantFrom("higher", "lower"), (pairs, better) => {
        const points = pairs.map(([sparsity, metric], index) => at(String(index), sparsity / 6, metric));
        const sign = better === "higher" ? 1 : -1;
        const beats = (a: FrontPoint, b: FrontPoint): boolean =>
          a.sparsity >= b.sparsity &&
          sign * a.metric >= sign * b.metric &&
          (a.sparsity > b.sparsity || a.metric !== b.metric);
        const expected = points.filter((point) => !points.some((other) => beats(other, point)));
        assert.deepEqual(findFront(points, better).sort(), expected.map((point) => point.key).sort());
      }),
    );
  });

  it("knows which way the named metrics go", () => {
    assert.equal(guessBetter("accuracy"), "higher");
    assert.equal(guessBetter("meanSquaredError"), "lower");
    assert.equal(guessBetter("perplexity", { max: 40 }), "lower");
    assert.equal(guessBetter("bleu", { max: undefined }), "higher");
  });
});

describe("runs that differ only by seed", () => {
  it("are one group with mean and sample deviation, worked by hand", () => {
    const { groups, fronts } = compareRuns([
      sampleInput({ id: "r-one1", seed: 1, sparsity: 0.9, test: 0.96 }),
      sampleInput({ id: "r-two2", seed: 2, sparsity: 0.92, test: 0.97 }),
      sampleInput({ id: "r-oth3", seed: 1, sparsity: 0.5, test: 0.98, settings: { pruning: { lambda: 1e-4 } } }),
      sampleInput({ id: "r-thr4", seed: 3, sparsity: 0.94, test: 0.98 }),
    ]);
    assert.deepEqual(
      groups.map((group) => group.runs),
      [["r-one1", "r-two2", "r-thr4"], ["r-oth3"]],
    );
    const [group, single] = groups;
    assert.deepEqual(group?.seeds, [1, 2, 3]);
    close(group?.sparsity?.mean, 0.92);
    // Deviations −0.02, 0, 0.02: the squares sum to 0.0008, halved 0.0004.
    close(group?.sparsity?.sd, 0.02);
    close(group?.test?.mean, 0.97);
    close(group?.test?.sd, 0.01);
    assert.equal(group?.test?.n, 3);
    assert.equal(single?.test?.sd, undefined);
    assert.deepEqual(fronts.groups.test, ["r-oth3", "r-one1"]);
    // As accurate as r-oth3, and sparser.
    assert.deepEqual(fronts.runs.test, ["r-thr4"]);
  });

  it("count once per seed, and only with a result", () => {
    const { groups, caveats } = compareRuns([
      sampleInput({ id: "r-a", seed: 1, sparsity: 0.9 }),
      sampleInput({ id: "r-b", seed: 1, sparsity: 0.9, record: { createdAt: "2027-01-01T00:00:00.000Z" } }),
      sampleInput({ id: "r-c", seed: 2 }),
    ]);
    assert.equal(groups.length, 1);
    assert.deepEqual(groups[0]?.sparsity, { mean: 0.9, n: 1 });
    assert.deepEqual(caveats, [
      { kind: "unfinished", runs: ["r-c"] },
      { kind: "repeated", runs: ["r-a"] },
    ]);
  });

  it("are held against a dense model of like training, or the reader is told", () => {
    // Eleven epochs in all, of which the dense reference took four or eight.
    const pruned = (id: string, epochs: number, at = 11) => {
      const input = sampleInput({ id, seed: epochs, sparsity: 0.9, settings: { epochs } });
      const { result } = input.record;
      return {
        ...input,
        record: { ...input.record, ...(result === undefined ? {} : { result: { ...result, epochs: at } }) },
      };
    };
    const caveatsOf = (...inputs: Parameters<typeof compareRuns>[0]) => compareRuns(inputs).caveats;
    assert.deepEqual(caveatsOf(pruned("r-a", 4), pruned("r-b", 8)), [{ kind: "epochs", runs: ["r-a"] }]);
    const twin = sampleInput({
      id: "r-twin",
      seed: 9,
      sparsity: 0,
      settings: { epochs: 11, pruning: { maxEpochs: 0 } },
    });
    const { result } = twin.record;
    assert.ok(result !== undefined);
    const trained = (epochs: number) => ({ ...twin, record: { ...twin.record, result: { ...result, epochs } } });
    assert.deepEqual(caveatsOf(pruned("r-a", 4), trained(11)), []);
    assert.deepEqual(caveatsOf(pruned("r-a", 4), trained(4)), [{ kind: "epochs", runs: ["r-a"] }]);
  });

  it("are not grouped across engines, sources or data", () => {
    const base = sampleInput({ id: "r-a", seed: 1, sparsity: 0.9 });
    const other = (id: string, record: object) =>
      sampleInput({ id, seed: 2, sparsity: 0.9, record: record as Partial<(typeof base)["record"]> });
    const { groups } = compareRuns([
      base,
      other("r-b", { engine: { name: "native", reason: "", versions: {} } }),
      other("r-c", { model: { sha256: "b".repeat(64), source: "source/x.ts" } }),
      other("r-d", { data: { ...base.record.data, sha256: "e".repeat(64) } }),
    ]);
    assert.equal(groups.length, 4);
  });

  it("have no deviation when there is one of them, and no mean when there is none", () => {
    assert.deepEqual(spreadOf([3]), { mean: 3, n: 1 });
    assert.equal(spreadOf([]), undefined);
  });
});

describe("a comparison", () => {
  it("lists the keys that differ and no others", () => {
    const { settings, environment } = compareRuns([
      sampleInput({ id: "r-a", seed: 1, sparsity: 0.9 }),
      sampleInput({
        id: "r-b",
        seed: 2,
        sparsity: 0.9,
        settings: { pruning: { layers: ["**", "!fc3*"] } },
        record: { git: { commit: "c".repeat(40), dirty: true } },
      }),
    ]);
    assert.deepEqual(settings, [
      { key: "seed", values: ["1", "2"], numbers: [1, 2] },
      { key: "pruning.layers", values: ["**", "**, !fc3*"] },
    ]);
    assert.deepEqual(environment, [
      { key: "git.commit", values: [undefined, "cccccccccccc"] },
      { key: "git.uncommitted", values: [undefined, "yes"] },
    ]);
  });

  it("takes the newest epoch of a run without a result, and keeps it off the fronts", () => {
    const { runs, fronts } = compareRuns([
      sampleInput({ id: "r-a", sparsity: 0.4, validation: 0.9 }),
      sampleInput({ id: "r-b" }),
    ]);
    assert.equal(runs[1]?.isResult, false);
    assert.equal(runs[1]?.sparsity, 0.5);
    assert.deepEqual(runs[1]?.validation, { loss: 0.25, metric: 0.91 });
    assert.equal(runs[1]?.test, undefined);
    assert.deepEqual(runs[1]?.params, { total: 120, remaining: 60 });
    assert.deepEqual(fronts.runs, { validation: ["r-a"], test: ["r-a"] });
  });

  it("aligns layers by name", () => {
    const other = sampleInput({
      id: "r-b",
      events: [
        {
          type: "model",
          layers: [{ ...sampleInput({ id: "x" }).trace.layers[0], name: "c/kernel" } as never],
          params: 1,
          metric: "accuracy",
        },
        epochEvent(1, [30], 0.9),
      ],
    });
    const { layers } = compareRuns([sampleInput({ id: "r-a", sparsity: 0.75 }), other]);
    assert.deepEqual(
      layers.map(({ name, layers: each }) => [name, ...each.map((layer) => layer?.remaining)]),
      [
        ["a/kernel", 25, undefined],
        ["b/kernel", 20, undefined],
        ["c/kernel", undefined, 30],
      ],
    );
  });

  it("keeps runs with another metric off the fronts and says so", () => {
    const { fronts, caveats, metric } = compareRuns([
      sampleInput({ id: "r-a", sparsity: 0.5, test: 0.9 }),
      sampleInput({
        id: "r-b",
        seed: 1,
        sparsity: 0.9,
        test: 0.99,
        events: [{ type: "model", layers: [], params: 1, metric: "meanSquaredError" }],
      }),
    ]);
    assert.equal(metric, "accuracy");
    assert.deepEqual(fronts.runs.test, ["r-a"]);
    assert.deepEqual(caveats, [{ kind: "metric", runs: ["r-b"], metric: "accuracy" }]);
  });
});

function close(actual: number | undefined, expected: number): void {
  assert.ok(actual !== undefined && Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);
}
