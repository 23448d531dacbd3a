import assert from "node:assert/strict";
import fc from "fast-check";
import { firstPieces, type Piece, textChanges } from "../../../../src/webview/live/textChanges.ts";

/** `a [b] c`: what only this text has is in brackets. */
const marked = (pieces: readonly Piece[]): string =>
  pieces.map(({ text, of }) => (of === "both" ? text : `[${text}]`)).join("");
const whole = (pieces: readonly Piece[]): string => pieces.map(({ text }) => text).join("");
const common = (pieces: readonly Piece[]): string =>
  whole(pieces.filter(({ of }) => of === "both")).replaceAll(/\s/gu, "");

function assertMarks(dense: string, pruned: string, expected: readonly [dense: string, pruned: string]): void {
  const changes = textChanges(dense, pruned);
  assert.deepEqual([marked(changes.dense), marked(changes.pruned)], expected);
}

describe("changes of a text", () => {
  it("are marked word by word", () => {
    assertMarks("a man in red is here .", "a woman in red is there now .", [
      "a [man] in red is [here] .",
      "a [woman] in red is [there now] .",
    ]);
    assertMarks("", "two words", ["", "[two words]"]);
    assertMarks("one, two", "one two", ["one[,] two", "one two"]);
  });

  it("are found where no spaces stand between words, and whole words in other scripts", () => {
    assertMarks("猫が座った", "犬が座った", ["[猫]が座った", "[犬]が座った"]);
    assertMarks("القطة على السجادة", "القطة فوق السجادة", ["القطة [على] السجادة", "القطة [فوق] السجادة"]);
  });

  it("are not other spaces between the same words", () => {
    const changes = textChanges("a  b c", " a b c ");
    assert.deepEqual([changes.isChanged, whole(changes.dense), whole(changes.pruned)], [false, "a  b c", " a b c "]);
    assert.equal(textChanges("a", "a").isChanged, false);
    assert.equal(textChanges("a", "A").isChanged, true);
  });

  it("leave both texts as they are, and the same words in both unmarked", () => {
    const text = fc.array(fc.constantFrom("a", "b", " ", "  ", "é", "猫", "😀", ".", "\n"), { maxLength: 30 });
    fc.assert(
      fc.property(text, text, (first, second) => {
        const [dense, pruned] = [first.join(""), second.join("")];
        const changes = textChanges(dense, pruned);
        assert.deepEqual([whole(changes.dense), whole(changes.pruned)], [dense, pruned]);
        assert.equal(common(changes.dense), common(changes.pruned));
        assert.ok(changes.dense.every(({ of }) => of !== "pruned") && changes.pruned.every(({ of }) => of !== "dense"));
        const isMarked = [...changes.dense, ...changes.pruned].some(({ of }) => of !== "both");
        assert.equal(changes.isChanged, isMarked);
      }),
    );
  });

  it("are the whole of texts that have hardly a word in common", () => {
    const long = (letter: string) => Array.from({ length: 20_000 }, (_, at) => `${letter}${at}`).join(" ");
    const [dense, pruned] = [long("a"), long("b")];
    assertMarks(dense, pruned, [`[${dense}]`, `[${pruned}]`]);
    assertMarks(`${dense} x`, `${dense} y`, [`${dense} [x]`, `${dense} [y]`]);
  });
});

describe("the beginning of a text", () => {
  const pieces: readonly Piece[] = [
    { text: "abc", of: "both" },
    { text: "😀d", of: "dense" },
    { text: "e", of: "both" },
  ];

  it("ends within a piece, and not within a character", () => {
    const cuts = [2, 3, 4, 5, 6, 7, 100].map((most) => marked(firstPieces(pieces, most)));
    assert.deepEqual(cuts, ["ab", "abc[]", "abc[]", "abc[😀]", "abc[😀d]", "abc[😀d]e", "abc[😀d]e"]);
  });
});
