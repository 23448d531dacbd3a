import assert from "node:assert/strict";
import { startEngine } from "../../../../src/engine/start.ts";
import { createBorrowed } from "../../../../src/engine/wasm/borrowed.ts";

describe("kernels that the wasm engine borrows", () => {
  /** @param cost milliseconds of each call @param pause and after it @returns the calls after which the kernel was told */
  const tellings = async (cost: number, pause: number, calls: number): Promise<number[]> => {
    const { tf } = await startEngine("wasm");
    let time = 0;
    const borrowed = createBorrowed(tf.findBackend("cpu"), () => time);
    const told: number[] = [];
    let call = 0;
    borrowed.onSlow((kernel) => {
      assert.equal(kernel, "Double");
      told.push(call);
    });
    const double = borrowed.borrow("Double", ({ inputs: { x }, backend }) => {
      assert.ok(x !== undefined);
      time += cost;
      const cpu = backend as ReturnType<typeof tf.backend>;
      const values = (cpu.readSync(x.dataId) as Float32Array).map((value) => 2 * value);
      return { dataId: cpu.write(values, x.shape, x.dtype) as object, shape: x.shape, dtype: x.dtype };
    });
    const x = tf.tensor1d([1, 2]);
    for (call = 1; call <= calls; call++) {
      const made = double({ inputs: { x }, backend: tf.backend() }) as { readonly dataId: object };
      assert.deepEqual([...(tf.backend().readSync(made.dataId) as Float32Array)], [2, 4]);
      time += pause;
    }
    x.dispose();
    await tf.setBackend("cpu");
    return told;
  };

  it("are told once they have cost a second, once", async () => {
    assert.deepEqual(await tellings(100, 100, 30), [10]);
  });

  it("are not told while they are less than a tenth of the time", async () => {
    assert.deepEqual(await tellings(100, 1500, 30), []);
  });
});
