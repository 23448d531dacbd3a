/**
 * Every example, pruned in a few seconds, in every form that a run is exported in: opened in the program that it is for, and
 * compared on the test split. Keras, safetensors and NumPy are those of PyPI, where there is Python.
 */
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import {
  COMPARED_EXAMPLES,
  EXTENSIONS,
  MODEL_FORMATS,
  MOST_DIFFERENCE,
  MOST_DIFFERENCE_FLOAT16,
  type ModelFormat,
  verifiedSchema,
  writtenSchema,
} from "../../src/protocol/modelExport.ts";
import { resultSchema } from "../../src/protocol/run.ts";
import { ensurePython } from "../readers/python.mjs";
import { writeIdxFolder } from "./idxFolder.ts";
import { EXAMPLES, useScratch, whittle } from "./whittle.ts";

/** Where onnxruntime is found. */
const REPOSITORY = resolve(import.meta.dirname, "../..");
const python = ensurePython();
const ENV = python === undefined ? {} : { PATH: [dirname(python), process.env["PATH"]].join(delimiter) };

const READERS: Readonly<Record<ModelFormat, RegExp>> = {
  tfjs: /^TensorFlow\.js 4/,
  "tfjs-float16": /^TensorFlow\.js 4/,
  keras: /^Keras 3/,
  h5: /^Keras 3/,
  onnx: /^onnxruntime-node 1/,
  "onnx-float16": /^onnxruntime-node 1/,
  safetensors: python === undefined ? /./ : /^safetensors .*Python/,
  masks: python === undefined ? /./ : /^NumPy 2/,
};

const SHORT = ["epochs=1", "pruning.maxEpochs=2", "pruning.finetuneEpochs=0", "pruning.interval=1"];
const TO_60 = ["pruning.schedule=cubic", "pruning.targetSparsity=0.6"];
const UNITS = [...TO_60, "pruning.granularity=unit", "pruning.bound.maxDrop=100"];
const VALUES = [...TO_60, "pruning.granularity=unit", "pruning.bound.max=1000"];
const FEW = [...UNITS, "batchSize=32"];

interface Example {
  readonly settings: readonly string[];
  readonly data?: string;
  readonly tested?: number;
  /** Forms that have no place for one of its layers, and what is said of that. */
  readonly refused?: Readonly<Partial<Record<ModelFormat, RegExp>>>;
}

/** A class of the author's own, which says no form of its own. */
const GATE = /(Layer|The layer) "gate" \(Gate\) has/;

const CASES: Readonly<Record<string, Example>> = {
  "mlp.model.ts": { settings: UNITS, data: "idx:digits" },
  // Weights here and there, as without pruning.granularity.
  "lenet300.model.ts": { settings: [...TO_60, "pruning.bound.maxDrop=100"], data: "idx:digits" },
  "lenet5.model.ts": { settings: UNITS, data: "idx:digits" },
  "vae.model.ts": { settings: VALUES, data: "idx:digits" },
  "friedman.model.ts": { settings: VALUES },
  "prices.model.ts": { settings: VALUES, tested: 150 },
  "resnet32.model.ts": { settings: FEW, data: "cifar10:pictures" },
  "vit.model.ts": { settings: FEW, data: "cifar10:pictures" },
  "translation.model.ts": { settings: [...UNITS, "generation.examples=20"] },
  "characters.model.ts": {
    settings: [...UNITS, "pruning.bound.maxDrop=10000", "text.length=16"],
    data: "text:letters.txt",
  },
  "reviews.model.ts": { settings: FEW, tested: 120 },
  "published.js": { settings: TO_60, tested: 30, refused: { keras: GATE, h5: GATE, onnx: GATE, "onnx-float16": GATE } },
};

describe("every example in every form", function () {
  this.timeout(600_000);
  const scratch = useScratch();
  before(() => {
    writeIdxFolder(join(scratch.dir, "digits"), { train: 300, test: COMPARED_EXAMPLES }, 28);
    writeCifarFolder(join(scratch.dir, "pictures"));
    const words = Array.from({ length: 12_000 }, (_, at) => "lorem ipsum dolor sit amet".split(" ")[(at * at) % 5]);
    writeFileSync(join(scratch.dir, "letters.txt"), words.join(" "));
  });

  it("is tested, none left out", () => {
    const there = readdirSync(EXAMPLES).filter((name) => /\.(model\.ts|js)$/.test(name));
    assert.deepEqual(there.sort(), Object.keys(CASES).sort());
  });

  for (const [file, { settings, data, tested = COMPARED_EXAMPLES, refused = {} }] of Object.entries(CASES)) {
    describe(file, () => {
      const runsDir = () => join(scratch.dir, "runs");
      let id = "";
      const parsed = async (args: readonly string[], folder: string): Promise<unknown> => {
        const { code, stdout, stderr } = await whittle([...args, "--runs-dir", runsDir(), "--json"], folder, ENV);
        assert.equal(code, 0, `${args.join(" ")}\n${stderr}`);
        return JSON.parse(stdout);
      };

      before(async () => {
        const given = [...SHORT, ...settings].flatMap((setting) => ["--set", setting]);
        const from = data === undefined ? [] : ["--data", data];
        const result = resultSchema.parse(await parsed(["run", join(EXAMPLES, file), ...from, ...given], scratch.dir));
        assert.ok(result.sparsity > 0.3, `${result.sparsity} of the weights are pruned`);
        ({ id } = result);
        startAll();
      });

      const isOpened = (format: ModelFormat): boolean =>
        python !== undefined || !READERS[format].source.includes("Keras");
      const write = (format: ModelFormat) => {
        const out = join(scratch.dir, `${file}.${format}${EXTENSIONS[format] ?? ""}`);
        return { out, args: ["export", id, "--to", format, "--out", out] };
      };
      const writeAndOpen = async (format: ModelFormat) => {
        const { out, args } = write(format);
        const written = writtenSchema.parse(await parsed(args, scratch.dir));
        const verified = verifiedSchema.parse(await parsed(["verify", out, "--against", id], REPOSITORY));
        return { written, verified };
      };
      const compared = new Map<ModelFormat, ReturnType<typeof writeAndOpen>>();
      /** Two at a time: a program that starts keeps one core busy. */
      const startAll = (): void => {
        const lanes: Promise<unknown>[] = [Promise.resolve(), Promise.resolve()];
        for (const [at, format] of MODEL_FORMATS.filter(
          (each) => refused[each] === undefined && isOpened(each),
        ).entries()) {
          const done = (lanes[at % 2] ?? Promise.resolve()).then(() => writeAndOpen(format));
          lanes[at % 2] = done.catch(() => undefined);
          compared.set(format, done);
        }
      };

      for (const format of MODEL_FORMATS) {
        if (!isOpened(format)) continue;
        const message = refused[format];
        if (message !== undefined) {
          it(`is refused as ${format}, by the name of the layer`, async () => {
            const { code, stderr } = await whittle([...write(format).args, "--runs-dir", runsDir()], scratch.dir);
            assert.equal(code, 2);
            assert.match(stderr, message);
          });
          continue;
        }
        it(`is the same as ${format}`, async () => {
          const { written, verified } = (await compared.get(format)) ?? assert.fail("it is started by `before`");
          const { kept, parameters } = written;
          assert.equal(kept, undefined);
          if (settings.includes("pruning.granularity=unit")) assert.ok(parameters.compact < 0.8 * parameters.dense);
          assert.match(verified.reader, READERS[format]);
          assert.equal(verified.examples, format === "masks" ? undefined : tested);
          const limit = format.endsWith("-float16") ? MOST_DIFFERENCE_FLOAT16 : MOST_DIFFERENCE;
          assert.ok(verified.passed && verified.difference <= limit, JSON.stringify(verified));
        });
      }
    });
  }
});

/** CIFAR-10's binary version: a byte for the class, then 32 × 32 bytes for each colour. A bright row says the class. */
function writeCifarFolder(folder: string): void {
  mkdirSync(folder);
  const batch = (count: number): Buffer =>
    Buffer.concat(
      Array.from({ length: count }, (_, example) => {
        const shown = example % 10;
        const pixels = Buffer.from(
          Array.from({ length: 3 * 32 * 32 }, (__, at) => {
            const isRow = Math.floor(at / 32) % 32 === 3 * shown;
            // Not the same from one picture to the next.
            return ((at * 31 + example * 17) % 64) + (isRow ? 180 : 0);
          }),
        );
        return Buffer.concat([Buffer.of(shown), pixels]);
      }),
    );
  writeFileSync(join(folder, "data_batch_1.bin"), batch(160));
  writeFileSync(join(folder, "test_batch.bin"), batch(COMPARED_EXAMPLES));
}
