/** What the benchmarks run: plain settings on top of the examples, so that anyone can repeat a line by hand. */

export interface Variant {
  readonly name: string;
  /** `path=value`, as for `whittle run --set`. */
  readonly settings: readonly string[];
}

export interface Measure {
  readonly unit: string;
  readonly digits: number;
  readonly of: (metric: number) => number;
}

export interface Benchmark {
  readonly description: string;
  readonly model: string;
  /** Settings that all variants share. */
  readonly settings: readonly string[];
  /** Settings of a dense training that all variants of a seed go on from. */
  readonly dense?: readonly string[];
  /** What tables show of the metric, less of which is better; errors in % where absent. */
  readonly measure?: Measure;
  /** Variants; where a list has several, the one with the best validation result on the first seed runs on all seeds. */
  readonly groups: readonly (readonly Variant[])[];
}

/** Momentum SGD at a high rate, as in the LOBSTER code; strong shrinking, slow pace: chosen on the validation split of seed 6. */
const LENET300 = [
  "batchSize=100",
  "optimizer.name=momentum",
  "optimizer.learningRate=0.1",
  "epochs=10",
  "pruning.interval=2",
  "pruning.tolerance=0.04",
  "pruning.maxEpochs=140",
  "pruning.finetuneEpochs=25",
  "pruning.method=irrelevance",
  "pruning.floor=0.3",
  "pruning.lambda=0.0012",
];

/** A pruning an epoch, each small: chosen on the validation split of seed 6. */
const LENET5 = [
  "batchSize=100",
  "optimizer.name=momentum",
  "optimizer.learningRate=0.05",
  "epochs=5",
  "pruning.interval=1",
  "pruning.tolerance=0.08",
  "pruning.maxEpochs=45",
  "pruning.finetuneEpochs=15",
  "pruning.method=irrelevance",
  "pruning.floor=0.3",
  "pruning.lambda=0.0006",
];

/** No target and a generous tolerance, so that what ends a run is the bound: sparsity at matched error. */
const MATCHED = [
  "batchSize=100",
  "optimizer.name=momentum",
  "optimizer.learningRate=0.1",
  "epochs=6",
  "pruning.interval=2",
  "pruning.tolerance=0.4",
  "pruning.targetSparsity=1",
  "pruning.maxEpochs=36",
  "pruning.finetuneEpochs=12",
  "pruning.bound.maxDrop=0.5",
];

/** Name in the table → settings of its own. */
const METHODS: Readonly<Record<string, readonly string[]>> = {
  l2: ["pruning.method=l2"],
  lobster: ["pruning.method=lobster"],
  irrelevance: ["pruning.method=irrelevance", "pruning.scale=mean", "pruning.floor=0"],
  "irrelevance, floor 0.3": ["pruning.method=irrelevance", "pruning.scale=mean", "pruning.floor=0.3"],
  "irrelevance, |W·G|, running mean": [
    "pruning.method=irrelevance",
    "pruning.scale=mean",
    "pruning.floor=0",
    "pruning.signal=weightGradient",
    "pruning.average=0.95",
  ],
};
const MAGNITUDE: Variant = { name: "none (magnitude)", settings: ["pruning.method=none", "pruning.lambda=0"] };

/** The same for all methods. */
const LAMBDAS = [3e-4, 6e-4, 1.2e-3, 2.4e-3, 4.8e-3];
/** One step below the edge where the first method (l2) begins to fail. */
const SAFE_LAMBDA = 1.2e-3;

/** A group for each method: it with each λ. */
function eachMethod(lambdas: readonly number[]): readonly (readonly Variant[])[] {
  return [
    [MAGNITUDE],
    ...Object.entries(METHODS).map(([name, own]) =>
      lambdas.map((lambda) => ({ name, settings: [...own, `pruning.lambda=${lambda}`] })),
    ),
  ];
}

const LENET300_TARGET = {
  model: "examples/lenet300.model.ts#lenet300",
  settings: [...LENET300, "pruning.targetSparsity=0.981", "pruning.bound.maxDrop=0.5"],
};

/** As bench/study/study.py trains, with the strengths that it chose at 99 %. */
const STUDY = [
  "batchSize=100",
  "optimizer.name=momentum",
  "optimizer.learningRate=0.1",
  "epochs=6",
  "pruning.schedule=cubic",
  "pruning.targetSparsity=0.99",
  "pruning.interval=1",
  "pruning.ramp=0.8",
  "pruning.maxEpochs=24",
  "pruning.finetuneEpochs=12",
  "pruning.bound.min=0",
];

const LENET5_DENSE = ["batchSize=100", "optimizer.name=momentum", "optimizer.learningRate=0.05", "epochs=5"];
/** 35 epochs by a cubic schedule, as STUDY. */
const LENET5_STUDY = [
  ...LENET5_DENSE,
  "pruning.schedule=cubic",
  "pruning.interval=1",
  "pruning.ramp=0.8",
  "pruning.maxEpochs=20",
  "pruning.finetuneEpochs=10",
  "pruning.bound.min=0",
];
const STUDY_LAMBDAS = [4.5e-4, 1.35e-3];
/** What all three methods were best with, of the above, on the validation split of seed 3 at 99 %. */
const CHOSEN_LAMBDA = 4.5e-4;

/** The same strengths for all methods. */
function lenet5At(sparsity: number, lambdas: readonly number[]): Benchmark {
  return {
    description: `LeNet-5 at ${100 * sparsity} % by a cubic schedule, each method with λ ${lambdas.join(" or ")}`,
    model: "examples/lenet5.model.ts#lenet5",
    dense: [...LENET5_DENSE, "pruning.maxEpochs=0"],
    settings: [...LENET5_STUDY, `pruning.targetSparsity=${sparsity}`],
    groups: [
      [MAGNITUDE],
      ...Object.entries({
        l2: ["pruning.method=l2"],
        "irrelevance, |G| of the batch, floor 0.3": ["pruning.method=irrelevance", "pruning.floor=0.3"],
        "irrelevance, movement": [
          "pruning.method=irrelevance",
          "pruning.signal=movement",
          "pruning.average=0.95",
          "pruning.floor=0.3",
        ],
      }).map(([name, own]) => lambdas.map((lambda) => ({ name, settings: [...own, `pruning.lambda=${lambda}`] }))),
    ],
  };
}

/** The example on its embedded digits by whole units, none of the strengths tuned. */
function unitsAt(sparsity: number): Benchmark {
  return {
    description: `LeNet-300-100 by units at ${100 * sparsity} %, a cubic schedule`,
    model: "examples/lenet300.model.ts",
    settings: [
      "pruning.schedule=cubic",
      "pruning.interval=1",
      "pruning.ramp=0.8",
      "pruning.maxEpochs=20",
      "pruning.finetuneEpochs=10",
      "pruning.bound.maxDrop=100",
      "pruning.lambda=0.0006",
      `pruning.targetSparsity=${sparsity}`,
    ],
    groups: Object.entries({
      "none (magnitude)": ["pruning.method=none", UNITS],
      l2: ["pruning.method=l2", UNITS],
      "irrelevance, |G|, floor 0.3": ["pruning.method=irrelevance", "pruning.floor=0.3", UNITS],
      "l1, the group lasso": ["pruning.method=l1", "pruning.lambda=0.00001", UNITS],
      "irrelevance by weights": ["pruning.method=irrelevance", "pruning.floor=0.3"],
    }).map(([name, settings]) => [{ name, settings }]),
  };
}
const UNITS = "pruning.granularity=unit";

const BITS: Measure = { unit: "bits per character", digits: 3, of: (metric) => metric };

/** The example's twelve dense epochs, then six while it is pruned and three more, at each sparsity; an epoch is some 270 steps. */
const CHARACTERS: Benchmark = {
  description: "The character model of examples/ at 50, 70, 80 and 90 %: 12 epochs dense, 9 from there",
  model: "examples/characters.model.ts#characters",
  dense: ["pruning.maxEpochs=0"],
  settings: ["pruning.maxEpochs=6", "pruning.finetuneEpochs=3", "pruning.bound.maxDrop=1000"],
  measure: BITS,
  groups: [0.5, 0.7, 0.8, 0.9]
    .map((sparsity) => `pruning.targetSparsity=${sparsity}`)
    .flatMap((target) => besideMagnitude(target)),
};

const EIGHTEEN_EPOCHS = ["pruning.maxEpochs=12", "pruning.finetuneEpochs=6"];

/** Nothing is trained after the dense epochs without a target above 0; of this one no weight is pruned, and so nothing fine-tuned. */
const ALL_DENSE = [
  ...["pruning.method=none", "pruning.schedule=cubic", "pruning.targetSparsity=0.000001"],
  ...["pruning.maxEpochs=18", "pruning.finetuneEpochs=0"],
];

/** The example's forty dense epochs, then twelve while it is pruned and six more, at each sparsity; no strength is tuned. */
const VIT: Benchmark = {
  description: "The vision transformer of examples/ at 50, 70, 80 and 90 %: 40 epochs dense, 18 from there",
  model: "examples/vit.model.ts#vit",
  dense: ["pruning.maxEpochs=0", "pruning.finetuneEpochs=0"],
  settings: ["pruning.bound.min=0"],
  groups: [
    [{ name: "dense twin", settings: ALL_DENSE }],
    ...[0.5, 0.7, 0.8, 0.9]
      .map((sparsity) => `pruning.targetSparsity=${sparsity}`)
      .flatMap((target) => besideMagnitude(target, ...EIGHTEEN_EPOCHS)),
  ],
};

/** The same settings twice. */
function besideMagnitude(...settings: readonly string[]): readonly (readonly Variant[])[] {
  return [
    [{ name: "none (magnitude)", settings: ["pruning.method=none", ...settings] }],
    [{ name: "irrelevance, floor 0.3", settings }],
  ];
}

export const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  lenet300: {
    ...LENET300_TARGET,
    description: "LeNet-300-100, target 98.1 %",
    groups: [[{ name: "default", settings: [] }]],
  },
  plainDecay: {
    ...LENET300_TARGET,
    description: "LeNet-300-100, target 98.1 %: irrelevance as in lenet300 and plain decay, each with its best λ",
    groups: [
      [
        { name: "irrelevance, floor 0.3", settings: [] },
        ...[6e-4, 2.4e-3].map((lambda) => ({
          name: "irrelevance, floor 0.3",
          settings: [`pruning.lambda=${lambda}`],
        })),
      ],
      [3e-4, 6e-4, 1.2e-3].map((lambda) => ({
        name: "l2",
        settings: ["pruning.method=l2", `pruning.lambda=${lambda}`],
      })),
    ],
  },
  lenet5: {
    description: "LeNet-5, target 98.5 %",
    model: "examples/lenet5.model.ts#lenet5",
    settings: [...LENET5, "pruning.targetSparsity=0.985", "pruning.bound.maxDrop=0.3"],
    groups: [[{ name: "default", settings: [] }]],
  },
  lenet5At95: lenet5At(0.95, [CHOSEN_LAMBDA]),
  lenet5At98: lenet5At(0.98, [CHOSEN_LAMBDA]),
  lenet5At99: lenet5At(0.99, STUDY_LAMBDAS),
  lenet5At995: lenet5At(0.995, [CHOSEN_LAMBDA]),
  resnet32: {
    description: "ResNet-32 at 80 %, beside a dense twin that is trained for as many epochs",
    model: "examples/resnet32.model.ts#resnet32",
    settings: [],
    groups: [
      [
        {
          name: "dense twin",
          settings: ["epochs=100", "pruning.maxEpochs=0", "pruning.finetuneEpochs=0"],
        },
      ],
      [{ name: "irrelevance, floor 0.3", settings: [] }],
    ],
  },
  unitsAt80: unitsAt(0.8),
  unitsAt90: unitsAt(0.9),
  unitsAt95: unitsAt(0.95),
  characters: CHARACTERS,
  vit: VIT,
  study: {
    description: "LeNet-300-100 at 99 % by a cubic schedule, with the strengths of bench/study",
    model: "examples/lenet300.model.ts#lenet300",
    settings: STUDY,
    groups: [
      [MAGNITUDE],
      [{ name: "l2", settings: ["pruning.method=l2", "pruning.lambda=4.5e-4"] }],
      [{ name: "movement (preset whittle)", settings: ["preset=whittle"] }],
      [{ name: "|G|, floor 0.3", settings: ["pruning.method=irrelevance", "pruning.lambda=1.35e-3"] }],
    ],
  },
  methods: {
    description: "LeNet-300-100, all methods in the same loop with the same budget of 54 epochs, each with its best λ",
    model: "examples/lenet300.model.ts#lenet300",
    settings: MATCHED,
    groups: eachMethod(LAMBDAS),
  },
  sameLambda: {
    description: "LeNet-300-100, as methods, all with the same λ",
    model: "examples/lenet300.model.ts#lenet300",
    settings: MATCHED,
    groups: eachMethod([SAFE_LAMBDA]),
  },
};
