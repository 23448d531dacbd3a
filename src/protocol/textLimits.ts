/** Of texts that models are asked about. Without a schema: panels take this in as well. */

/** UTF-16 units of a text; a model reads far fewer. */
export const MOST_CHARACTERS = 1_000_000;
/** Texts of one question. */
export const MOST_TEXTS = 64;
