/** Results are kept, a file for each, so that a benchmark that was interrupted goes on where it was. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";

/** @param key all that the result depends on, of which `name` is made @returns what `make` gives, or gave */
export async function makeOnce<T>(
  folder: string,
  key: readonly unknown[],
  schema: z.ZodType<T>,
  make: (name: string) => Promise<T>,
): Promise<T> {
  const name = createHash("sha256").update(JSON.stringify(key)).digest("hex").slice(0, 16);
  const file = join(folder, `${name}.json`);
  if (existsSync(file)) return schema.parse(JSON.parse(readFileSync(file, "utf8")));
  mkdirSync(folder, { recursive: true });
  const result = await make(name);
  writeFileSync(file, JSON.stringify(result));
  return result;
}
