/** A quick look before the parser, which is large and slow on files that are no model definitions. */
import { localFilesOf, type ReadFile } from "./localFiles.ts";

/** No definition lacks all of them, or has its model from a file of the user's own that does. */
const SIGNS = /@tensorflow\/tfjs|["']whittle["']/;
/** What is longer was not written by hand. Characters. */
const LONGEST_CODE = 500_000;
/** A model.json holds the topology only, weights lie beside it: what is longer is something else. Characters. */
const LONGEST_JSON = 4_000_000;
/** Imported files that are looked at: one of the whole program imports too many. */
const MOST_IMPORTED = 32;

/** @param read for imported files; without it, none is looked at */
export function mayDefineModel(text: string, fileName: string, read?: ReadFile): boolean {
  if (fileName.endsWith(".json")) return text.length <= LONGEST_JSON && text.includes('"class_name"');
  if (text.length > LONGEST_CODE) return false;
  return SIGNS.test(text) || (read !== undefined && importsSigns(text, fileName, read));
}

function importsSigns(text: string, fileName: string, read: ReadFile): boolean {
  let left = MOST_IMPORTED;
  for (const imported of localFilesOf(fileName, text, read)) {
    if (SIGNS.test(imported.text)) return true;
    left -= 1;
    if (left === 0) return false;
  }
  return false;
}
