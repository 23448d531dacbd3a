/** A quick look before the parser, which is large and slow on files that are no model definitions. */

/** No definition lacks all of them. */
const SIGNS = /@tensorflow\/tfjs|["']whittle["']/;
/** What is longer was not written by hand. Characters. */
const LONGEST_CODE = 500_000;
/** A model.json holds the topology only, weights lie beside it: what is longer is something else. Characters. */
const LONGEST_JSON = 4_000_000;

export function mayDefineModel(text: string, fileName: string): boolean {
  return fileName.endsWith(".json")
    ? text.length <= LONGEST_JSON && text.includes('"class_name"')
    : text.length <= LONGEST_CODE && SIGNS.test(text);
}
