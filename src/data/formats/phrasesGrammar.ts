/**
 * What a sentence of `phrases` means, and how Sorin and Melu say it. In Sorin the verb stands between subject and object, adjectives before
 * nouns, and verbs agree with subjects. In Melu verbs come last and adverbs first, adjectives behind nouns, the last one first, and agree with
 * them in gender and number; a negation stands around its verb. A sentence of Sorin means one thing, and Melu says it in one way.
 */
import type { Random } from "../random.ts";
import {
  ADJECTIVES,
  ADVERBS,
  INTRANSITIVE,
  MELU,
  NOUNS,
  type Noun,
  SORIN,
  TRANSITIVE,
  type Word,
} from "./phrasesWords.ts";

interface Predicate {
  readonly verb: Word;
  readonly tense: "present" | "past";
  readonly isNegated: boolean;
  readonly object: Phrase | undefined;
}

interface Phrase {
  readonly noun: Noun;
  readonly number: "one" | "many";
  readonly isDefinite: boolean;
  /** As Sorin has them. */
  readonly adjectives: readonly Word[];
  /** What is said of it in a clause of its own, whose object has none. */
  readonly clause: Predicate | undefined;
}

interface Clause {
  readonly subject: Phrase;
  readonly predicate: Predicate;
  readonly adverb: Word | undefined;
}

/** Clauses side by side. */
export type Meaning = readonly Clause[];

export function drawMeaning(random: Random): Meaning {
  return Array.from({ length: random.next() < 0.1 ? 2 : 1 }, () => ({
    subject: drawPhrase(random, 0.2),
    predicate: drawPredicate(random, 0.2),
    adverb: random.next() < 0.35 ? pick(random, ADVERBS) : undefined,
  }));
}

/** @param clauses how often it has a clause */
function drawPhrase(random: Random, clauses: number): Phrase {
  const count = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2][Math.floor(random.next() * 10)] ?? 0;
  const first = pick(random, ADJECTIVES);
  const second = pick(
    random,
    ADJECTIVES.filter((each) => each !== first),
  );
  return {
    noun: pick(random, NOUNS),
    number: random.next() < 0.5 ? "one" : "many",
    isDefinite: random.next() < 0.5,
    adjectives: [first, second].slice(0, count),
    clause: random.next() < clauses ? drawPredicate(random, 0) : undefined,
  };
}

/** @param clauses how often its object has a clause */
function drawPredicate(random: Random, clauses: number): Predicate {
  const isTransitive = random.next() < 0.6;
  return {
    verb: pick(random, isTransitive ? TRANSITIVE : INTRANSITIVE),
    tense: random.next() < 0.5 ? "present" : "past",
    isNegated: random.next() < 0.25,
    object: isTransitive ? drawPhrase(random, clauses) : undefined,
  };
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random.next() * from.length)] as T;
}

export function inSorin(meaning: Meaning): string {
  const phrase = ({ noun, number, isDefinite, adjectives, clause }: Phrase): readonly string[] => [
    isDefinite ? SORIN.definite : SORIN.indefinite,
    ...adjectives.map(({ sorin }) => sorin),
    noun.sorin + (number === "one" ? "" : SORIN.plural),
    ...(clause === undefined ? [] : [SORIN.who, ...predicate(clause, number)]),
  ];
  const predicate = ({ verb, tense, isNegated, object }: Predicate, subject: Phrase["number"]): readonly string[] => [
    ...(isNegated ? [SORIN.not] : []),
    verb.sorin + SORIN.endings[tense][subject],
    ...(object === undefined ? [] : phrase(object)),
  ];
  const clauses = meaning.map((each) =>
    [
      ...phrase(each.subject),
      ...predicate(each.predicate, each.subject.number),
      ...(each.adverb === undefined ? [] : [each.adverb.sorin]),
    ].join(" "),
  );
  return clauses.join(` ${SORIN.and} `);
}

export function inMelu(meaning: Meaning): string {
  const phrase = ({ noun, number, isDefinite, adjectives, clause }: Phrase): readonly string[] => {
    const ending = MELU.endings[noun.gender][number];
    return [
      noun.melu + ending,
      ...adjectives.map(({ melu }) => melu + ending).reverse(),
      (isDefinite ? MELU.definite : MELU.indefinite)[number],
      ...(clause === undefined ? [] : [MELU.who, ...predicate(clause)]),
    ];
  };
  const predicate = ({ verb, tense, isNegated, object }: Predicate): readonly string[] => {
    const own = verb.melu + MELU.tenses[tense];
    const [before, behind] = MELU.not;
    return [
      ...(object === undefined ? [] : [...phrase(object), MELU.object]),
      ...(isNegated ? [before, own, behind] : [own]),
    ];
  };
  const clauses = meaning.map((each) =>
    [
      ...(each.adverb === undefined ? [] : [each.adverb.melu]),
      ...phrase(each.subject),
      ...predicate(each.predicate),
    ].join(" "),
  );
  return clauses.join(` ${MELU.and} `);
}
