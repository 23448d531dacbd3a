/** The words of the two invented languages of `phrases`: Sorin, which is translated, and Melu, into which it is. */

export type Gender = "living" | "thing";

export interface Noun {
  /** Stems. */
  readonly sorin: string;
  readonly melu: string;
  /** Of which Sorin shows nothing. */
  readonly gender: Gender;
}

export interface Word {
  readonly sorin: string;
  readonly melu: string;
}

export const NOUNS: readonly Noun[] = [
  { sorin: "tabor", melu: "kuv", gender: "living" },
  { sorin: "lumin", melu: "hesal", gender: "living" },
  { sorin: "rovik", melu: "dimur", gender: "living" },
  { sorin: "peshal", melu: "yot", gender: "living" },
  { sorin: "gadun", melu: "wasif", gender: "living" },
  { sorin: "miral", melu: "borem", gender: "living" },
  { sorin: "sotek", melu: "lind", gender: "living" },
  { sorin: "vanur", melu: "gupar", gender: "living" },
  { sorin: "kelom", melu: "shiv", gender: "thing" },
  { sorin: "dorish", melu: "nakul", gender: "thing" },
  { sorin: "brenal", melu: "tefir", gender: "thing" },
  { sorin: "fulok", melu: "zam", gender: "thing" },
  { sorin: "naver", melu: "orbis", gender: "thing" },
  { sorin: "zimot", melu: "pelag", gender: "thing" },
  { sorin: "hadri", melu: "rusk", gender: "thing" },
  { sorin: "lopas", melu: "mivon", gender: "thing" },
];

/** Sorin's as they are, Melu's as stems. */
export const ADJECTIVES: readonly Word[] = [
  { sorin: "bel", melu: "fonit" },
  { sorin: "gromi", melu: "sadek" },
  { sorin: "tulo", melu: "wirn" },
  { sorin: "neshi", melu: "kalub" },
  { sorin: "rask", melu: "humel" },
  { sorin: "opli", melu: "dov" },
  { sorin: "seru", melu: "jinet" },
  { sorin: "madi", melu: "trag" },
];

/** Stems. Those of the first kind have an object, always. */
export const TRANSITIVE: readonly Word[] = [
  { sorin: "vid", melu: "nolim" },
  { sorin: "kap", melu: "gesh" },
  { sorin: "laud", melu: "tivar" },
  { sorin: "mor", melu: "bakun" },
  { sorin: "fesh", melu: "ruwo" },
];
export const INTRANSITIVE: readonly Word[] = [
  { sorin: "dorm", melu: "pishak" },
  { sorin: "kant", melu: "ulen" },
  { sorin: "sel", melu: "gomiv" },
];

export const ADVERBS: readonly Word[] = [
  { sorin: "hoday", melu: "nemish" },
  { sorin: "rapi", melu: "zuvol" },
  { sorin: "semper", melu: "alkot" },
  { sorin: "lenti", melu: "dugim" },
];

export const SORIN = {
  definite: "ta",
  indefinite: "uno",
  who: "ko",
  not: "nu",
  and: "et",
  plural: "en",
  /** Of verbs, by tense, then by the subject's number. */
  endings: { present: { one: "a", many: "an" }, past: { one: "it", many: "iten" } },
} as const;

export const MELU = {
  /** By number, behind the noun and its adjectives. */
  definite: { one: "keth", many: "kethis" },
  indefinite: { one: "mol", many: "molis" },
  who: "wer",
  /** Behind an object. */
  object: "ut",
  /** Around the verb. */
  not: ["ne", "pash"],
  and: "dok",
  /** Of nouns, and of adjectives with them. */
  endings: { living: { one: "o", many: "oru" }, thing: { one: "a", many: "ari" } },
  /** Of verbs, which agree with nothing. */
  tenses: { present: "ul", past: "eg" },
} as const;
