/** `tokenizer.json`: what the ids of a run's texts stand for, as Hugging Face's tokenizers read it. */
import { writeJsonFile } from "../files/jsonFile.ts";
import { type Run, tokenizerPath } from "../files/layout.ts";

/** @param file of a tokenizer @throws WhittleError when it cannot be written */
export const writeTokenizer = (run: Run, file: unknown): Promise<void> => writeJsonFile(tokenizerPath(run), file);
