import assert from "node:assert/strict";
import { bleu } from "../../../src/language/bleu.ts";
import { chrf } from "../../../src/language/chrf.ts";
import { type Figures, reference } from "../../fixtures/translationReference.ts";

/** In the last bits sums and logarithms may differ. */
function agrees(actual: unknown, expected: unknown, figure: string): void {
  if (Array.isArray(expected)) {
    assert.ok(Array.isArray(actual) && actual.length === expected.length, figure);
    for (const [index, value] of expected.entries()) {
      agrees(actual[index], value, `${figure}[${index}]`);
    }
  } else {
    const [mine, theirs] = [Number(actual), Number(expected)];
    assert.ok(Math.abs(mine - theirs) <= 1e-12 * Math.abs(theirs), `${figure}: ${mine}, by sacreBLEU ${theirs}`);
  }
}

function compare(hypotheses: readonly string[], references: readonly string[], theirs: Figures): void {
  const { metric, options, signature, ...figures } = theirs;
  const { signature: ownSignature, ...own } = (metric === "bleu" ? bleu : chrf)(hypotheses, references, options);
  assert.equal(ownSignature, signature.replace(/version:[\d.]+$/, "version:whittle"));
  assert.deepEqual(Object.keys(own).sort(), Object.keys(figures).sort());
  for (const [name, value] of Object.entries(own)) {
    agrees(value, figures[name], `${metric} ${JSON.stringify(options)} ${name}`);
  }
}

describe("BLEU and chrF", () => {
  for (const { name, hypotheses, references, figures } of reference.corpora) {
    it(`are sacreBLEU's: ${name}`, () => {
      for (const theirs of figures) {
        compare(hypotheses, references, theirs);
      }
    });
  }

  it("take words as sacreBLEU does, with difference of case, unless told otherwise", () => {
    const texts = [["A b, c d e."], ["a b , c d f ."]] as const;
    assert.deepEqual(bleu(...texts), bleu(...texts, { tokenize: "13a", lowerCase: false }));
    assert.deepEqual(chrf(...texts), chrf(...texts, { lowerCase: false }));
  });

  it("are 0 of nothing", () => {
    assert.deepEqual([bleu([], []).score, chrf([], []).score], [0, 0]);
  });

  it("want a reference for each hypothesis", () => {
    assert.throws(() => bleu(["a"], []), /1 hypotheses and 0 references/);
    assert.throws(() => chrf([], ["a"]), /0 hypotheses and 1 references/);
  });

  it("are the same, however long a line is", () => {
    // n-grams are found by number, so 100,000 different words of one line must not be mistaken for one another.
    const words = Array.from({ length: 100_000 }, (_, index) => `w${index}`);
    const line = words.join(" ");
    const { score, counts } = bleu([line], [line]);
    assert.deepEqual([score.toFixed(9), counts], ["100.000000000", [100_000, 99_999, 99_998, 99_997]]);
    const swapped = words.map((_, index) => words[index ^ 1]).join(" ");
    assert.deepEqual(bleu([swapped], [line]).counts, [100_000, 0, 0, 0]);
    assert.equal(chrf([line], [line]).score.toFixed(9), "100.000000000");
  });
});
