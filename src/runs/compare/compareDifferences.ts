/** Which keys of the configuration and of the environment are not the same in all runs. */
import type { Difference } from "../../protocol/comparison.ts";
import type { RunRecord } from "../../protocol/run.ts";

type Flat = ReadonlyMap<string, unknown>;

/** What the user chose: model, data and settings. */
export function settingsDifferences(records: readonly RunRecord[]): Difference[] {
  return differences(
    records.map(({ plan, settings, model, data }) => ({
      model: { file: plan.modelFile, export: plan.exportName, source: model?.sha256.slice(0, 12) },
      // The settings name the data already; this is what was found there.
      dataset: data && {
        sha256: data.sha256.slice(0, 12),
        train: data.train,
        validation: data.validation,
        test: data.test,
      },
      ...(settings ?? { ...plan.overrides }),
    })),
  );
}

/** What the runs met: engine and versions, commit, machine. */
export function environmentDifferences(records: readonly RunRecord[]): Difference[] {
  return differences(
    records.map(({ engine, git, machine }) => ({
      engine: engine && { name: engine.name, ...engine.versions },
      git: git && { commit: git.commit.slice(0, 12), uncommitted: git.dirty ? "yes" : "no" },
      machine,
    })),
  );
}

function differences(documents: readonly object[]): Difference[] {
  const flats = documents.map((document) => flatten(document));
  const keys = new Set(flats.flatMap((flat) => [...flat.keys()]));
  return [...keys].flatMap((key) => {
    const found = flats.map((flat) => flat.get(key));
    const values = found.map((value) => (value === undefined ? undefined : asText(value)));
    return new Set(values).size > 1 ? [{ key, values, ...numbersOf(found) }] : [];
  });
}

function numbersOf(values: readonly unknown[]): Pick<Difference, "numbers"> {
  const numbers = values.map((value) => (typeof value === "number" ? value : undefined));
  return numbers.every((number, index) => number === values[index]) ? { numbers } : {};
}

/** `{ a: { b: 1 } }` → `a.b` → 1; lists are one value. */
function flatten(value: unknown, prefix = ""): Flat {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return new Map(
      Object.entries(value).flatMap(([key, inner]) => [...flatten(inner, prefix === "" ? key : `${prefix}.${key}`)]),
    );
  }
  return value === undefined ? new Map() : new Map([[prefix, value]]);
}

function asText(value: unknown): string {
  if (Array.isArray(value)) {
    return value.map(asText).join(", ");
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}
