import assert from "node:assert/strict";
import fc from "fast-check";
import type { FoundDefinition } from "../../../../src/models/scan/found.ts";
import { keepHidden, moveDefinitions } from "../../../../src/models/scan/keepDefinitions.ts";
import { scanText } from "../../../../src/models/scan/scan.ts";

const TEXT = `import * as tf from "@tensorflow/tfjs";
export function first() {
  return tf.sequential({ layers: [tf.layers.dense({ name: "a", units: 3 })] });
}
export function second() {
  return tf.sequential({ layers: [tf.layers.dense({ name: "b", units: 3 })] });
}
`;

/** Types `inserted` in place of `removed` characters at `offset`, as an editor would report it. */
function type(text: string, found: readonly FoundDefinition[], offset: number, removed: number, inserted: string) {
  const after = text.slice(0, offset) + inserted + text.slice(offset + removed);
  const moved = moveDefinitions(found, { offset, removed, inserted: inserted.length });
  return { text: after, found: keepHidden(moved, scanText(after, "a.ts"), after) };
}
const names = (found: readonly FoundDefinition[]) => found.map((each) => each.exportName);

describe("keepDefinitions", () => {
  const whole = scanText(TEXT, "a.ts").definitions;

  it("a definition that a mistake hides stays, with its layers, where its text is", () => {
    const at = TEXT.indexOf("units: 3");
    const broken = type(TEXT, whole, at, 0, "activation: [");
    assert.deepEqual(names(scanText(broken.text, "a.ts").definitions), ["second"]);
    assert.deepEqual(names(broken.found), ["first", "second"]);
    const [first, second] = broken.found;
    assert.ok(broken.text.slice(first?.start).startsWith("export function first"));
    assert.ok(broken.text.slice(second?.layers[0]?.start).startsWith('tf.layers.dense({ name: "b"'));
    assert.ok(broken.text.slice(0, first?.layers[0]?.end).endsWith("units: 3 })"));
  });

  it("a definition that is deleted is gone, also while another one is broken", () => {
    const { start, end } = whole[0] ?? assert.fail();
    const cut = type(TEXT, whole, start, end - start, "");
    assert.deepEqual(names(cut.found), ["second"]);
    const broken = type(TEXT, whole, TEXT.indexOf("return tf", end), 0, "if (");
    assert.deepEqual(names(type(broken.text, broken.found, start, end - start, "").found), ["second"]);
  });

  it("a definition that is renamed does not stay under its old name", () => {
    const broken = type(TEXT, whole, TEXT.indexOf("return tf", whole[1]?.start), 0, "if (");
    const renamed = type(broken.text, broken.found, TEXT.indexOf("first"), 5, "one");
    assert.deepEqual(names(renamed.found), ["one", "second"]);
  });

  it("whatever is typed, places stay inside the text and in order", () => {
    fc.assert(
      fc.property(fc.nat(TEXT.length), fc.nat(40), fc.string({ maxLength: 20 }), (offset, removed, inserted) => {
        const cut = Math.min(removed, TEXT.length - offset);
        const after = type(TEXT, whole, offset, cut, inserted);
        for (const { start, end, layers } of after.found) {
          for (const place of [{ start, end }, ...layers]) {
            assert.ok(0 <= place.start && place.start <= place.end && place.end <= after.text.length);
          }
        }
      }),
    );
  });
});
