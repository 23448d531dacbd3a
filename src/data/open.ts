/** Data specs such as `digits` or `idx:DIR`, and what reads them. Formats: formats/. */
import { distance } from "fastest-levenshtein";
import { usageError } from "../protocol/errors.ts";
import type { DataFormat, OpenOptions } from "./formats/format.ts";
import { FORMATS } from "./formats/index.ts";
import type { AnyDataSet } from "./types.ts";

const usageOf = ({ name, takes }: DataFormat): string => (takes ? `${name}:${takes}` : name);

function findFormat(spec: string): { format: DataFormat; rest: string } {
  const colon = spec.indexOf(":");
  const name = colon < 0 ? spec : spec.slice(0, colon);
  const rest = colon < 0 ? "" : spec.slice(colon + 1);
  const format = FORMATS.find((each) => each.name === name);
  if (!format) {
    const near = FORMATS.find((each) => distance(each.name, name) <= 2);
    throw usageError(
      `Unknown data set "${spec}".`,
      `${near ? `Did you mean ${usageOf(near)}? ` : ""}Known: ${FORMATS.map(usageOf).join(", ")}.`,
    );
  }
  if (format.takes && rest === "") {
    throw usageError(`Data set "${spec}" lacks its ${format.takes}.`, `Write ${usageOf(format)}.`);
  }
  if (!format.takes && colon >= 0) {
    throw usageError(`Data set "${spec}": nothing may follow "${name}".`, `Write ${usageOf(format)}.`);
  }
  return { format, rest };
}

/** Throws a usage error where `spec` cannot be the name of a data set. Reads nothing. */
export function checkDataSpec(spec: string): void {
  findFormat(spec);
}

/** Throws a usage error for a wrong spec, a WhittleError naming the file for data that cannot be read. */
export async function openData(spec: string, options: OpenOptions): Promise<AnyDataSet> {
  const { format, rest } = findFormat(spec);
  return await format.open(rest, options);
}
