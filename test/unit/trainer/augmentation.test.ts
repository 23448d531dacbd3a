import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { createRandom, permutation } from "../../../src/data/random.ts";
import type { DataSet, Split } from "../../../src/data/types.ts";
import { createRunner } from "../../../src/engine/graph/runner.ts";
import { startEngine } from "../../../src/engine/start.ts";
import type { TF } from "../../../src/engine/types.ts";
import { type SettingsInput, settingsSchema } from "../../../src/protocol/settings.ts";
import { createAugmentation } from "../../../src/trainer/augmentation.ts";
import { createBatches, wholeBatch } from "../../../src/trainer/batches.ts";
import { bitsOf, describeNative } from "../engine/graph/nativeSuite.ts";

type Wish = NonNullable<SettingsInput["augmentation"]>;
type Image = readonly (readonly (readonly number[])[])[];

const BLACK = -0.5;
const settle = (augmentation: Wish) => settingsSchema.parse({ augmentation }).augmentation;

/** Every pixel of every image is another number, and none is black. */
function drawImages(count: number, [height, width, channels]: readonly [number, number, number]): Image[] {
  let next = 0;
  const row = () => Array.from({ length: width }, () => Array.from({ length: channels }, () => ++next));
  return Array.from({ length: count }, () => Array.from({ length: height }, row));
}

function augmentImages(
  engine: TF,
  images: readonly Image[],
  wish: Wish,
  ...keys: readonly (number | string)[]
): Image[] {
  const x = engine.tensor4d(images as unknown as number[][][][]);
  const augment = createAugmentation(engine, settle(wish), x.shape.slice(1), { spec: "images", offset: BLACK });
  assert.ok(augment !== undefined);
  const batch = augment(
    wholeBatch(engine, { x, y: engine.zeros([images.length]) }, images.length),
    createRandom(...keys),
  );
  const found = engine.tidy(() => batch.read(batch.inputs).x.arraySync());
  batch.dispose();
  return found as unknown as Image[];
}

/** What torchvision's RandomCrop(size, padding, fill) after RandomHorizontalFlip can give, pixel by pixel. */
function moved(image: Image, isMirrored: boolean, top: number, left: number): Image {
  const mirrored = isMirrored ? image.map((row) => [...row].reverse()) : image;
  const black = (image[0]?.[0] ?? []).map(() => BLACK);
  return mirrored.map((row, y) => row.map((_, x) => mirrored[y + top]?.[x + left] ?? black));
}

const SHAPES = fc.tuple(
  fc.integer({ min: 1, max: 6 }),
  fc.integer({ min: 1, max: 6 }),
  fc.integer({ min: 1, max: 3 }),
) as fc.Arbitrary<[number, number, number]>;

function describeOn(engine: () => TF): void {
  it("mirrors and shifts: each image is one of those that can come of it", () => {
    fc.assert(
      fc.property(
        SHAPES,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 3 }),
        fc.boolean(),
        fc.nat(),
        (shape, count, crop, flip, seed) => {
          fc.pre(flip || crop > 0);
          const images = drawImages(count, shape);
          for (const [at, found] of augmentImages(engine(), images, { flip, crop }, seed).entries()) {
            const shifts = Array.from({ length: 2 * crop + 1 }, (_, index) => index - crop);
            const candidates = shifts.flatMap((top) =>
              shifts.flatMap((left) =>
                (flip ? [false, true] : [false]).map((isMirrored) => moved(images[at] ?? [], isMirrored, top, left)),
              ),
            );
            assert.ok(candidates.some((one) => JSON.stringify(one) === JSON.stringify(found)));
          }
        },
      ),
      { seed: 5, numRuns: 60 },
    );
  });

  it("leaves out one square, whose centre lies in the image", () => {
    fc.assert(
      fc.property(SHAPES, fc.integer({ min: 1, max: 6 }), fc.nat(), (shape, side, seed) => {
        const cutout = Math.min(side, shape[0], shape[1]);
        const images = drawImages(3, shape);
        for (const [at, found] of augmentImages(engine(), images, { cutout }, seed).entries()) {
          const from = Math.floor(cutout / 2);
          const candidates = Array.from({ length: shape[0] * shape[1] }, (_, centre) => {
            const [top, left] = [Math.floor(centre / shape[1]) - from, (centre % shape[1]) - from];
            const isCut = (y: number, x: number) => y >= top && y < top + cutout && x >= left && x < left + cutout;
            return (images[at] ?? []).map((row, y) =>
              row.map((pixel, x) => pixel.map((value) => (isCut(y, x) ? BLACK : value))),
            );
          });
          assert.ok(candidates.some((one) => JSON.stringify(one) === JSON.stringify(found)));
        }
      }),
      { seed: 6, numRuns: 60 },
    );
  });
}

describe("augmentation of training images", () => {
  before(() => tf.setBackend("cpu"));

  describeOn(() => tf);

  it("draws every change, each as often, and the same again from the same stream", () => {
    const [image] = drawImages(1, [3, 3, 1]);
    assert.ok(image !== undefined);
    const images = Array.from({ length: 3600 }, () => image);
    const found = augmentImages(tf, images, { flip: true, crop: 1 }, "often");
    const counts = new Map<string, number>();
    for (const one of found) counts.set(JSON.stringify(one), (counts.get(JSON.stringify(one)) ?? 0) + 1);
    // Nine places, mirrored or not: 200 of each are expected, and the deviation is 14.
    assert.equal(counts.size, 18);
    for (const count of counts.values()) assert.ok(Math.abs(count - 200) < 70, `${count} of one kind`);
    assert.deepEqual(augmentImages(tf, images, { flip: true, crop: 1 }, "often"), found);
    assert.notDeepEqual(augmentImages(tf, images, { flip: true, crop: 1 }, "other"), found);
  });

  it("changes nothing where nothing is asked for", () => {
    assert.equal(createAugmentation(tf, settle({}), [3], { spec: "points", offset: 0 }), undefined);
  });

  it("is refused where examples are no images, or the square is larger than they are", () => {
    const on = (wish: Wish, shape: number[]) =>
      createAugmentation(tf, settle(wish), shape, { spec: "points", offset: 0 });
    assert.throws(() => on({ flip: true }, [784]), /"points" has shape \[784\]/);
    assert.throws(() => on({ cutout: 9 }, [8, 12, 1]), /augmentation.cutout = 9 .* is 8 × 12/);
  });
});

describe("augmentation on the wasm engine", () => {
  let engine: TF | undefined;
  before(async () => {
    engine = (await startEngine("wasm")).tf;
  });
  after(() => engine?.setBackend("cpu"));
  describeOn(() => engine ?? tf);
});

describeNative("augmentation in a graph", (engine) => {
  it("gives the bits that it gives eagerly, of images that lie in the engine as bytes", () => {
    const { tf: native, graphs, rows } = engine();
    const random = createRandom("bytes");
    const split: Split = {
      count: 40,
      x: Uint8Array.from({ length: 40 * 5 * 6 * 3 }, () => Math.floor(256 * random.next())),
      y: new Int32Array(40),
    };
    const data: DataSet = {
      ...{ spec: "bytes", sha256: "", xShape: [5, 6, 3], yShape: [], scale: 1 / 255, offset: 0 },
      ...{ train: split, validation: split, test: split },
    };
    const augment = createAugmentation(native, settle({ flip: true, crop: 2, cutout: 3 }), data.xShape, data);
    const batches = createBatches(native, data.xShape, { rows });
    const problems: unknown[] = [];
    const runner = createRunner(native, { maker: graphs, onVerdict: ({ problem }) => problems.push(problem) });
    for (let step = 0; step < 3; step++) {
      const order = permutation(split.count, createRandom("order", step));
      const batch = augment?.(batches.training(data, order, 0, 16), createRandom("step", step));
      assert.ok(batch !== undefined);
      const program = (inputs: readonly (typeof batch.inputs)[number][]) => [batch.read(inputs).x];
      const [inGraph] = runner.run("augment", batch.inputs, program);
      const [eager] = native.tidy(() => program(batch.inputs));
      assert.ok(inGraph !== undefined && eager !== undefined);
      assert.equal(bitsOf(inGraph), bitsOf(eager));
      native.dispose([inGraph, eager]);
      batch.dispose();
    }
    assert.deepEqual(problems, [undefined]);
    batches.dispose();
    runner.dispose();
  });
});
