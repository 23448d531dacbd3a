/** `whittle data`: what is in a data set, before anything is trained on it. */
import { describeData } from "../data/describe.ts";
import { openData } from "../data/open.ts";
import { parseAssignments, resolveSettings } from "../models/settings.ts";
import type { DataDescription, Range } from "../protocol/dataDescription.ts";
import { asCount, asFigure, asShape } from "../protocol/figures.ts";
import { cleanLine } from "../runs/files/layout.ts";
import { printDocument, printLine, printNote } from "./output.ts";
import { plainTable } from "./report.ts";

/** More classes fit no table. */
const MOST_SHOWN = 20;

/** Characters of a class's name in a column of the table. */
const LONGEST_NAME = 16;
/** Numbers of an example that fit a line. */
const MOST_NUMBERS = 12;

interface DataOptions {
  readonly json?: boolean;
  /** How many to show. */
  readonly examples?: number;
  /** `path=value` each: how data are cut, and how texts become ids. */
  readonly set?: readonly string[];
}

export async function showData(spec: string, options: DataOptions): Promise<void> {
  const { validationSplit, seed, text } = resolveSettings({}, parseAssignments(options.set ?? []));
  const data = await openData(spec, { validationSplit, seed, text, onProgress: printNote });
  const found = describeData(data, options.examples);
  if (options.json) return printDocument(found);
  const { x, y, splits } = found;
  const rangeText = ({ min, max, mean }: Range) => `${asFigure(min)} to ${asFigure(max)}, mean ${asFigure(mean)}`;
  printLine(`${found.spec}, sha256 ${found.sha256.slice(0, 16)}`);
  printLine(
    found.vocabulary === undefined
      ? `examples: shape ${asShape(found.xShape)}, values ${rangeText(x)}`
      : `examples: shape ${asShape(found.xShape)}, ids of ${asCount(found.vocabulary)} tokens`,
  );
  const classes = splits[0]?.perClass?.length;
  if (classes !== undefined) printLine(`targets: ${classes} classes`);
  else
    printLine(
      `targets: shape ${asShape(found.yShape)}, ${y === undefined ? "ids of tokens" : `values ${rangeText(y)}`}`,
    );
  const shown = splits[0]?.perClass?.slice(0, MOST_SHOWN) ?? [];
  const rest = (splits[0]?.perClass?.length ?? 0) - shown.length;
  const table = plainTable(
    ["split", "examples", ...shown.map((_, id) => className(found, id)), ...(rest > 0 ? [`${rest} more`] : [])],
    ["left", "right", ...shown.map(() => "right" as const), ...(rest > 0 ? ["right" as const] : [])],
  );
  for (const { name, count, perClass = [] } of splits) {
    const others = perClass.slice(MOST_SHOWN).reduce((sum, each) => sum + each, 0);
    table.push([
      name,
      asCount(count),
      ...perClass.slice(0, MOST_SHOWN).map(asCount),
      ...(rest > 0 ? [asCount(others)] : []),
    ]);
  }
  printLine(table.toString());
  for (const example of found.examples) printLine(lineOf(found, example));
}

/** Names come from files: they may be long, and more than text. */
function className({ classNames }: DataDescription, id: number): string {
  return cleanLine(classNames?.[id] ?? "").slice(0, LONGEST_NAME) || `class ${id}`;
}

/** As a network sees it, or reads it, and what it is to give. */
function lineOf(found: DataDescription, { x, y: target, texts }: DataDescription["examples"][number]): string {
  const numbers = (values: readonly number[]): string =>
    values.slice(0, MOST_NUMBERS).map(asFigure).join(" ") + (values.length > MOST_NUMBERS ? " …" : "");
  const [read, written] = (texts ?? []).map(cleanLine);
  const isClass = found.y === undefined && written === undefined;
  return `${read ?? numbers(x)} → ${written ?? (isClass ? className(found, target[0] ?? 0) : numbers(target))}`;
}
