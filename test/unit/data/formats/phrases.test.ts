import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { drawPhrases } from "../../../../src/data/formats/phrases.ts";
import { drawMeaning, inMelu, inSorin } from "../../../../src/data/formats/phrasesGrammar.ts";
import { ADJECTIVES, ADVERBS, INTRANSITIVE, NOUNS, TRANSITIVE } from "../../../../src/data/formats/phrasesWords.ts";
import { createRandom } from "../../../../src/data/random.ts";
import type { TextPair } from "../../../../src/data/types.ts";
import { OPTIONS, openHeld } from "../../../fixtures/formatScratch.ts";

/** Of every sentence, source and reference: a change of these is another data set, and figures in the documentation are of this one. */
const SHA256 = "0c401bd7d71d58abc262cde04bd1661538509c414946adf45773df0fe667508c";

/** Reads a sentence of Sorin from left to right, word by word, and says it in Melu. Throws where no rule of Sorin allows the word. */
class Interpreter {
  private readonly words: string[];

  constructor(sentence: string) {
    this.words = sentence.split(" ");
  }

  translate(): string {
    const clauses = [this.clause()];
    while (this.takes("et")) clauses.push(this.clause());
    assert.deepEqual(this.words, [], "words that belong to nothing");
    return clauses.join(" dok ");
  }

  private clause(): string {
    const subject = this.phrase(true);
    const predicate = this.predicate(subject.isPlural, true);
    const adverb = ADVERBS.find(({ sorin }) => this.takes(sorin));
    return [...(adverb === undefined ? [] : [adverb.melu]), subject.melu, predicate].join(" ");
  }

  private phrase(mayHaveClause: boolean): { melu: string; isPlural: boolean } {
    const isDefinite = this.takes("ta");
    assert.ok(isDefinite || this.takes("uno"), `${this.words[0]} begins no phrase`);
    const adjectives: string[] = [];
    for (;;) {
      const adjective = ADJECTIVES.find(({ sorin }) => this.takes(sorin));
      if (adjective === undefined) break;
      adjectives.unshift(adjective.melu);
    }
    const word = this.words.shift() ?? "";
    const noun = NOUNS.find(({ sorin }) => word === sorin || word === `${sorin}en`);
    assert.ok(noun, `${word} is no noun`);
    const isPlural = word !== noun.sorin;
    const ending = noun.gender === "living" ? (isPlural ? "oru" : "o") : isPlural ? "ari" : "a";
    const article = (isDefinite ? "keth" : "mol") + (isPlural ? "is" : "");
    const melu = [...[noun.melu, ...adjectives].map((stem) => stem + ending), article];
    if (mayHaveClause && this.takes("ko")) melu.push("wer", this.predicate(isPlural, false));
    return { melu: melu.join(" "), isPlural };
  }

  private predicate(isPlural: boolean, mayHaveClause: boolean): string {
    const isNegated = this.takes("nu");
    const word = this.words.shift() ?? "";
    const verb = [...TRANSITIVE, ...INTRANSITIVE].find(({ sorin }) => /^(a|an|it|iten)$/.test(word.replace(sorin, "")));
    assert.ok(verb, `${word} is no verb`);
    const ending = word.slice(verb.sorin.length);
    assert.equal(/n$/.test(ending), isPlural, `${word} does not agree with its subject`);
    const object = TRANSITIVE.includes(verb) ? `${this.phrase(mayHaveClause).melu} ut ` : "";
    const melu = verb.melu + (ending.startsWith("a") ? "ul" : "eg");
    return object + (isNegated ? `ne ${melu} pash` : melu);
  }

  private takes(word: string): boolean {
    if (this.words[0] !== word) return false;
    this.words.shift();
    return true;
  }
}

describe("phrases", () => {
  const { train, validation, test } = drawPhrases();
  const all = [...train, ...validation, ...test];

  it("is the same 8,000, 500 and 500 pairs on every machine", () => {
    assert.deepEqual([train.length, validation.length, test.length], [8000, 500, 500]);
    assert.equal(createHash("sha256").update(JSON.stringify(all)).digest("hex"), SHA256);
    assert.deepEqual(drawPhrases(), { train, validation, test });
  });

  it("has no sentence twice, in either language", () => {
    assert.equal(new Set(all.map(({ source }) => source)).size, all.length);
    assert.equal(new Set(all.map(({ reference }) => reference)).size, all.length);
  });

  it("has sentences of 4 to 14 words, of which the training split has all", () => {
    const wordsOf = (pairs: readonly TextPair[]) =>
      pairs.flatMap(({ source, reference }) => [source, reference].map((text) => text.split(" ")));
    for (const words of wordsOf(all)) assert.ok(words.length >= 4 && words.length <= 14, words.join(" "));
    const known = new Set(wordsOf(train).flat());
    assert.deepEqual(new Set(wordsOf(all).flat()), known);
    assert.ok(known.size >= 150 && known.size <= 200, String(known.size));
  });

  it("is translated as whoever reads it word by word translates it, so that nothing has two meanings", () => {
    for (const { source, reference } of all) assert.equal(new Interpreter(source).translate(), reference, source);
    const random = createRandom("others");
    for (let at = 0; at < 5000; at++) {
      const meaning = drawMeaning(random);
      assert.equal(new Interpreter(inSorin(meaning)).translate(), inMelu(meaning));
    }
  });

  it("has words that stand for one thing each", () => {
    const forms = [...NOUNS, ...ADJECTIVES, ...TRANSITIVE, ...INTRANSITIVE, ...ADVERBS].flatMap(({ sorin, melu }) => [
      sorin,
      melu,
    ]);
    assert.equal(new Set(forms).size, forms.length);
    const spoken = (pick: (pair: TextPair) => string) => new Set(all.flatMap((pair) => pick(pair).split(" ")));
    const [sorin, melu] = [spoken(({ source }) => source), spoken(({ reference }) => reference)];
    assert.deepEqual(
      [...sorin].filter((word) => melu.has(word)),
      [],
    );
  });

  it("is opened as any translation is", async () => {
    const data = await openHeld("phrases", OPTIONS);
    assert.deepEqual([data.train.count, data.validation.count, data.test.count], [8000, 500, 500]);
    assert.equal(data.classes, 4 + 174);
    assert.deepEqual(data.texts?.pairs, { validation, test });
  });
});
