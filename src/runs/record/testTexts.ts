/** What the dense and the pruned model of a run wrote for the test split: text files, for sacreBLEU and for people. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { explainFsError } from "../files/fsErrors.ts";
import { type Run, textsPath } from "../files/layout.ts";

/** One text for each example. */
export interface TestTexts {
  readonly source: readonly string[];
  readonly reference: readonly string[];
  readonly dense: readonly string[];
  readonly pruned: readonly string[];
}

/** `test.source.txt` and so on, a text a line. Lines end where a text does, so line ends inside of one become spaces. @throws WhittleError when they cannot be written */
export async function writeTestTexts(run: Run, texts: TestTexts): Promise<void> {
  const folder = textsPath(run);
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, lines] of Object.entries(texts) as [string, readonly string[]][]) {
      const text = lines.map((line) => `${line.replace(/[\r\n\v\f\x85\u2028\u2029]+/g, " ")}\n`).join("");
      await writeFileAtomic(join(folder, `test.${name}.txt`), text);
    }
  } catch (error) {
    throw explainFsError(error, folder);
  }
}
