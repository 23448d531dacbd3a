import assert from "node:assert/strict";
import fc from "fast-check";
import { createRunner } from "../../../src/engine/graph/runner.ts";
import { describeNative } from "./graph/nativeSuite.ts";

const tables = fc
  .record({ count: fc.integer({ min: 1, max: 7 }), width: fc.integer({ min: 1, max: 5 }) })
  .chain(({ count, width }) =>
    fc.record({
      width: fc.constant(width),
      values: fc.array(fc.integer({ min: 0, max: 255 }), { minLength: count * width, maxLength: count * width }),
      picked: fc.array(fc.integer({ min: 0, max: count - 1 }), { minLength: 1, maxLength: 9 }),
    }),
  );

describeNative("rows of a table in the native engine", (engine) => {
  const native = () => {
    const { tf, rows } = engine();
    assert.ok(rows !== undefined);
    return { tf, rows };
  };

  it("are the array's, of each element type", () => {
    const { tf, rows } = native();
    fc.assert(
      fc.property(tables, fc.constantFrom(Uint8Array, Float32Array, Int32Array), ({ width, values, picked }, kind) => {
        tf.tidy(() => {
          const held = rows.hold(kind.from(values), [values.length / width, width]);
          const found = rows.pick(held, tf.tensor1d(picked, "int32"));
          assert.equal(found.dtype, kind === Int32Array ? "int32" : "float32");
          assert.deepEqual(
            found.arraySync(),
            picked.map((row) => values.slice(row * width, (row + 1) * width)),
          );
        });
      }),
      { seed: 4, numRuns: 100 },
    );
  });

  it("are picked out of bytes in a graph too", () => {
    const { tf, rows } = native();
    const problems: unknown[] = [];
    const runner = createRunner(tf, {
      maker: engine().graphs,
      onVerdict: ({ problem }) => problems.push(problem),
    });
    const table = rows.hold(Uint8Array.of(0, 51, 102, 153, 204, 255), [3, 2]);
    for (const picked of [
      [2, 0],
      [1, 1],
    ]) {
      const indices = tf.tensor1d(picked, "int32");
      const [found] = runner.run("pick", [indices, table], ([which, from]) => {
        assert.ok(which !== undefined && from !== undefined);
        return [tf.mul(rows.pick(from, which), 2)];
      });
      assert.deepEqual(
        found?.arraySync(),
        picked.map((row) => [204 * row, 204 * row + 102]),
      );
      tf.dispose([indices, ...(found === undefined ? [] : [found])]);
    }
    assert.deepEqual(problems, [undefined]);
    table.dispose();
    runner.dispose();
  });
});
