/** Files that are damaged, or made to do harm: a clear error or a model, and nothing else. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { unzipSync, zipSync } from "fflate";
import { createRandom, type Random } from "../../../../src/data/random.ts";
import { parseKerasFile } from "../../../../src/models/kerasFile/readKerasFile.ts";
import { WhittleError } from "../../../../src/protocol/errors.ts";
import { FOLDER } from "./storedKeras.ts";

const INPUTS = 10_000;
/** Of the models that can be read, one in so many is built as well. */
const BUILT = 50;
const MEGABYTE = 2 ** 20;

function mutate(bytes: Uint8Array, random: Random, kind: number): Uint8Array {
  const at = (length = bytes.length): number => Math.floor(random.next() * length);
  const changed = bytes.slice();
  if (kind === 0) return changed.subarray(0, at());
  if (kind === 1) {
    const [from, to, length] = [at(), at(), at(64)];
    changed.copyWithin(to, from, from + length);
    return changed;
  }
  for (let count = 1 + at(6); count > 0; count--) {
    const place = at();
    if (kind === 2) changed[place] = (changed[place] ?? 0) ^ (1 << at(8));
    else changed[place] = at(256);
  }
  return changed;
}

describe("damaged files of Keras", function () {
  this.timeout(300_000);

  before(() => tf.setBackend("cpu"));

  const stored = (name: string): Uint8Array => new Uint8Array(readFileSync(join(FOLDER, name)));
  /** A zip has checksums that nobody looks at, but its bytes are mostly the weights': each part is damaged on its own as well. */
  const ofArchive = (bytes: Uint8Array, random: Random, index: number): Uint8Array => {
    if (index % 3 === 0) return mutate(bytes, random, index % 4);
    const files = unzipSync(bytes);
    const name = index % 3 === 1 ? "config.json" : "model.weights.h5";
    return zipSync({ ...files, [name]: mutate(files[name] ?? bytes, random, index % 4) }, { level: 0 });
  };

  for (const name of ["sequence.keras", "conv.h5"]) {
    it(`${INPUTS} of ${name} give an error that names the file, or a model`, async () => {
      const random = createRandom(`fuzz ${name}`);
      const whole = stored(name);
      const before = process.memoryUsage().rss;
      let [refused, read] = [0, 0];
      for (let index = 0; index < INPUTS; index++) {
        const bytes = name.endsWith(".keras") ? ofArchive(whole, random, index) : mutate(whole, random, index % 4);
        try {
          const { build } = parseKerasFile(tf, name, bytes);
          read++;
          if (read % BUILT === 0) (await build()).dispose();
        } catch (error) {
          assert.ok(error instanceof WhittleError, `${index}: ${error instanceof Error ? error.stack : String(error)}`);
          assert.ok(error.message.includes(name) && error.remedy !== "", error.message);
          refused++;
        }
      }
      assert.ok(refused > INPUTS / 10 && read > INPUTS / 10, `${refused} were refused, ${read} read`);
      const grown = (process.memoryUsage().rss - before) / MEGABYTE;
      assert.ok(grown < 500, `memory grew by ${grown.toFixed(0)} MB`);
    });
  }
});
