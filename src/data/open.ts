/** Data specs such as `digits` or `idx:DIR`, and what reads them. A new format is one more entry of `SCHEMES`. */
import { distance } from "fastest-levenshtein";
import { usageError } from "../protocol/errors.ts";
import { openDigits } from "./digits.ts";
import { openIdx } from "./idx.ts";
import type { DataSet } from "./types.ts";

export interface OpenOptions {
  /** Part of the training examples that decisions are made on, where the data set has no split of its own for that. */
  readonly validationSplit: number;
  readonly seed: number;
  /** Told what takes long. */
  readonly onProgress?: (note: string) => void;
}

interface Scheme {
  /** What stands before the colon. */
  readonly name: string;
  /** What stands after it, as usage texts call it; absent where nothing may. */
  readonly takes?: string;
  readonly open: (rest: string, options: OpenOptions) => DataSet | Promise<DataSet>;
}

const SCHEMES: readonly Scheme[] = [
  { name: "digits", open: (_rest, { onProgress }) => openDigits(onProgress) },
  { name: "idx", takes: "DIR", open: openIdx },
];

const usageOf = ({ name, takes }: Scheme): string => (takes ? `${name}:${takes}` : name);

function findScheme(spec: string): { scheme: Scheme; rest: string } {
  const colon = spec.indexOf(":");
  const name = colon < 0 ? spec : spec.slice(0, colon);
  const rest = colon < 0 ? "" : spec.slice(colon + 1);
  const scheme = SCHEMES.find((each) => each.name === name);
  if (!scheme) {
    const near = SCHEMES.find((each) => distance(each.name, name) <= 2);
    throw usageError(
      `Unknown data set "${spec}".`,
      `${near ? `Did you mean ${usageOf(near)}? ` : ""}Known: ${SCHEMES.map(usageOf).join(", ")}.`,
    );
  }
  if (scheme.takes && rest === "") {
    throw usageError(`Data set "${spec}" lacks its ${scheme.takes}.`, `Write ${usageOf(scheme)}.`);
  }
  if (!scheme.takes && colon >= 0) {
    throw usageError(`Data set "${spec}": nothing may follow "${name}".`, `Write ${usageOf(scheme)}.`);
  }
  return { scheme, rest };
}

/** Throws a usage error where `spec` cannot be the name of a data set. Reads nothing. */
export function checkDataSpec(spec: string): void {
  findScheme(spec);
}

/** Throws a usage error for a wrong spec, a WhittleError naming the file for data that cannot be read. */
export async function openData(spec: string, options: OpenOptions): Promise<DataSet> {
  const { scheme, rest } = findScheme(spec);
  return await scheme.open(rest, options);
}
