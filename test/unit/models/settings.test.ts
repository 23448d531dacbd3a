import assert from "node:assert/strict";
import fc from "fast-check";
import {
  listSettings,
  parseAssignments,
  resolveComplete,
  resolveSettings,
  SETTING_PATHS,
  settingAt,
} from "../../../src/models/settings.ts";
import { WhittleError } from "../../../src/protocol/errors.ts";
import { PRESET_NAMES, settingsSchema } from "../../../src/protocol/settings.ts";

const rejects = (run: () => unknown, message: RegExp, remedy = /./) => {
  assert.throws(run, (error) => {
    assert.ok(error instanceof WhittleError, String(error));
    assert.equal(error.kind, "usage");
    assert.match(error.message, message);
    assert.match(error.remedy, remedy);
    return true;
  });
};

describe("settings", () => {
  it("are the defaults where nothing is given", () => {
    assert.deepEqual(resolveSettings({}, {}), settingsSchema.parse({}));
    assert.deepEqual(resolveSettings(undefined, {}), settingsSchema.parse({}));
  });

  it("merge key by key: defaults, experiment, overrides", () => {
    const settings = resolveSettings(
      { batchSize: 64, pruning: { lambda: 0.5, patience: 9, layers: ["a", "b"] } },
      { pruning: { lambda: 0.25, layers: ["c"] } },
    );
    assert.equal(settings.batchSize, 64);
    assert.equal(settings.pruning.lambda, 0.25);
    assert.equal(settings.pruning.patience, 9);
    assert.deepEqual(settings.pruning.layers, ["c"]);
    assert.equal(settings.pruning.tolerance, settingsSchema.parse({}).pruning.tolerance);
  });

  it("name the wrong key and value", () => {
    rejects(
      () => resolveSettings({ pruning: { lambda: -1 } }, {}),
      /pruning\.lambda = -1/,
      /Strength λ of a `decoupled` step/,
    );
    rejects(() => resolveSettings({}, { batchSize: 1.5 }), /batchSize = 1.5/);
    rejects(() => resolveSettings({ optimizer: { name: "adm" } }, {}), /optimizer\.name = "adm".*adam/);
    rejects(() => resolveSettings({ pruning: 5 }, {}), /pruning = 5/);
    rejects(() => resolveSettings(5, {}), /no object/);
    rejects(() => resolveSettings({ batchSize: () => 3 }, {}), /batchSize = a function/);
  });

  it("begin with a preset: below what is given beside it, above what that wins over", () => {
    const own = { pruning: { lambda: 0.5, floor: 0.2, patience: 9 }, optimizer: { name: "rmsprop" } };
    const { pruning, optimizer } = resolveSettings(own, { preset: "paper", pruning: { gamma: 0.25 } });
    assert.deepEqual([pruning.gamma, pruning.floor, pruning.patience], [0.25, 0, 9]);
    assert.deepEqual([optimizer.name, optimizer.momentum, optimizer.decay], ["adam", 0.85, 0.997]);
    assert.deepEqual([pruning.coupling, pruning.scale, pruning.alpha], ["optimizer", "alpha", 1]);
    // In the experiment, the experiment's own words win.
    assert.equal(resolveSettings({ preset: "paper", pruning: { floor: 0.2 } }, {}).pruning.floor, 0.2);
    for (const preset of PRESET_NAMES) assert.doesNotThrow(() => resolveComplete({ preset }, {}));
    rejects(() => resolveSettings({ preset: "papers" }, {}), /preset = "papers"/, /arXiv 2204.04977/);
  });

  it("are checked together once they are complete, not before", () => {
    for (const wrong of [
      { pruning: { schedule: "cubic" } },
      { pruning: { signal: "movement" } },
      { pruning: { signal: "snr" } },
      { pruning: { criterion: "fisher" } },
    ]) {
      assert.doesNotThrow(() => resolveSettings({}, wrong));
      rejects(
        () => resolveComplete({}, wrong),
        /pruning\.(targetSparsity|average)/,
        /pruning\.(targetSparsity|average)=/,
      );
      const right = { pruning: { targetSparsity: 0.9, average: 0.9 } };
      assert.doesNotThrow(() => resolveComplete(right, wrong));
    }
    // Who does not read the signal does not need its mean.
    assert.doesNotThrow(() => resolveComplete({}, { pruning: { method: "l2", signal: "snr" } }));
  });

  it("suggest the nearest key for an unknown one", () => {
    rejects(() => resolveSettings({ pruning: { lamda: 1 } }, {}), /"pruning\.lamda"/, /"pruning\.lambda"/);
    rejects(() => resolveSettings({ batchsize: 1 }, {}), /"batchsize"/, /"batchSize"/);
    rejects(() => resolveSettings({ learningRate: 1 }, {}), /"learningRate"/, /"optimizer\.learningRate"/);
    rejects(
      () => resolveSettings({ pruning: { qqqqqqqqqq: 1 } }, {}),
      /qqqq/,
      /Known in pruning: schedule, criterion, method/,
    );
    rejects(() => resolveSettings(JSON.parse('{"__proto__": {"x": 1}}'), {}), /Unknown setting "__proto__"/);
  });

  it("read assignments as JSON, bare words and texts", () => {
    assert.deepEqual(
      parseAssignments([
        "pruning.lambda=1e-4",
        "optimizer.name=sgd",
        'pruning.layers=["fc*", "!fc3/*"]',
        "data=idx:/a=b",
        'engine="cpu"',
        'pruning.bound={"min": 0.97}',
        "pruning.lambda = 2e-4",
      ]),
      {
        pruning: { lambda: 2e-4, layers: ["fc*", "!fc3/*"], bound: { min: 0.97 } },
        optimizer: { name: "sgd" },
        data: "idx:/a=b",
        engine: "cpu",
      },
    );
    assert.deepEqual(parseAssignments(["data=5"]), { data: "5" });
    assert.deepEqual(parseAssignments(["metrics=bleu"]), { metrics: ["bleu"] });
    assert.deepEqual(parseAssignments(["metrics=accuracy,f1", "pruning.layers=fc{1,2},**/kernel"]), {
      metrics: ["accuracy", "f1"],
      pruning: { layers: ["fc{1,2}", "**/kernel"] },
    });
    assert.throws(() => parseAssignments(["metrics=accuracy,g1"]), /metrics = "accuracy,g1" is wrong/);
    assert.deepEqual(parseAssignments([]), {});
  });

  it("check assignments at once", () => {
    rejects(() => parseAssignments(["pruning.lambda=-1"]), /pruning\.lambda = -1/);
    rejects(() => parseAssignments(["pruning.lambda=much"]), /pruning\.lambda = "much"/);
    rejects(() => parseAssignments(["pruning.lamda=1"]), /"pruning\.lamda"/, /"pruning\.lambda"/);
    rejects(() => parseAssignments(["pruning.bound.mxDrop=1"]), /mxDrop/, /"pruning\.bound\.maxDrop"/);
    rejects(() => parseAssignments(['pruning={"lamda":1}']), /"pruning\.lamda"/, /"pruning\.lambda"/);
    rejects(() => parseAssignments(["pruning"]), /"pruning" sets nothing/, /path=value/);
    rejects(() => parseAssignments(["=5"]), /sets nothing/);
    rejects(() => parseAssignments(["__proto__.polluted=1"]), /Unknown setting/);
    rejects(() => parseAssignments(["constructor=1"]), /Unknown setting/);
  });

  it("know every path of the schema, and each round-trips its default", () => {
    assert.ok(SETTING_PATHS.includes("pruning.bound.maxDrop"));
    const valueAt = (path: string): unknown =>
      path
        .split(".")
        .reduce<unknown>((value, key) => (value as Record<string, unknown>)?.[key], settingsSchema.parse({}));
    for (const path of SETTING_PATHS) {
      const value = valueAt(path);
      if (value === undefined) continue;
      const settings = resolveSettings({}, parseAssignments([`${path}=${JSON.stringify(value)}`]));
      assert.deepEqual(settings, settingsSchema.parse({}), path);
    }
  });

  it("never fail with anything but a usage error", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.tuple(fc.constantFrom(...SETTING_PATHS), fc.json()).map((pair) => pair.join("=")),
          ),
        ),
        (pairs) => {
          try {
            resolveSettings({}, parseAssignments(pairs));
          } catch (error) {
            assert.ok(error instanceof WhittleError && error.kind === "usage", String(error));
          }
        },
      ),
    );
  });
});

describe("list of settings", () => {
  it("has every setting that holds a value, each with its meaning", () => {
    const listed = listSettings();
    assert.ok(listed.some(({ path }) => path === "pruning.lambda"));
    assert.ok(!listed.some(({ path }) => path === "pruning"));
    assert.deepEqual(
      listed.filter(({ meaning }) => meaning === ""),
      [],
    );
    assert.equal(settingAt({ pruning: { lambda: 3 } }, "pruning.lambda"), 3);
    assert.equal(settingAt({}, "pruning.lambda"), undefined);
  });

  it("compare outputs with inputs only by a loss of values, and without augmentation", () => {
    rejects(() => resolveComplete({ targets: "inputs" }, {}), /does not go with the loss sparse/, /meanSquaredError/);
    const own = { targets: "inputs", loss: "meanSquaredError" };
    rejects(
      () => resolveComplete({ ...own, augmentation: { flip: true } }, {}),
      /augmentation does not go with targets/,
    );
    assert.equal(resolveComplete(own, {}).targets, "inputs");
  });
});
