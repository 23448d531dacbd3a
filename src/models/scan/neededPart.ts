/**
 * The part of a file that one of its definitions needs, for files that cannot be loaded as a whole: they draw in a page, read
 * arguments, import packages that are not there. Text only.
 */
import type { Statement } from "@babel/types";
import { type Bindings, collectBindings, resolveName } from "./bindings.ts";
import { collectDeclared, type Declared, isCommonJsExport } from "./declared.ts";
import { declarationIn, Effects } from "./effects.ts";
import { bare, namesIn, propertyName } from "./syntax.ts";
import { parseTopLevel } from "./topLevel.ts";
import { behindTraining } from "./training.ts";
import { walkNames } from "./uses.ts";

/** First and last, from 1. */
export type Lines = readonly [first: number, last: number];

export interface NeededPart {
  /** As long as the file's, with blanks in place of the rest: lines and columns stay what they are. */
  readonly text: string;
  /** What the definition is called in it. */
  readonly local: string;
  /** What is missing, in order. */
  readonly leftOut: readonly Lines[];
}

/**
 * Kept are statements that declare what the definition mentions, or may change it (`net.add(…)`, `registerClass(Gate)`), and
 * those that they in turn need.
 *
 * @param exportName of the definition, which may not be exported
 * @returns undefined where nothing can be left out, or nobody knows what is needed
 */
export function neededPart(text: string, fileName: string, exportName: string): NeededPart | undefined {
  const { statements, isWhole } = parseTopLevel(text, fileName);
  if (!isWhole) return undefined;
  const { declared, forwarded } = collectDeclared(statements);
  const local = forwarded.find((each) => each.exportName === exportName)?.local ?? exportName;
  const bindings = collectBindings(statements);
  const effects = new Effects(statements, bindings);
  const parts = statements.map((statement) => describePart(statement, declared, bindings, effects));
  const kept = collectNeeded(parts, local);
  const left = parts.filter((part) => !kept.has(part) && !part.isType);
  if (left.length === 0 || ![...kept].some(({ declares }) => declares.includes(local))) return undefined;
  return { text: left.reduce(blankOut, text), local, leftOut: linesLeftOut(parts, kept) };
}

/** A statement at the top of a file. */
interface Part {
  readonly start: number;
  readonly end: number;
  readonly lines: Lines;
  /** Only a compiler reads it. */
  readonly isType: boolean;
  readonly declares: readonly string[];
  /** All that it mentions. */
  readonly names: readonly string[];
  /** What it may change when it is executed. */
  readonly changes: readonly string[];
}

function describePart(statement: Statement, declared: readonly Declared[], bindings: Bindings, effects: Effects): Part {
  const { start, end, loc } = statement;
  const [from, to] = [start ?? 0, end ?? 0];
  const exported = declared.filter((each) => each.isExported && each.start >= from && each.start < to);
  const names = [...usedIn(statement)];
  return {
    start: from,
    end: to,
    lines: [loc?.start.line ?? 1, loc?.end.line ?? 1],
    isType: isType(statement),
    declares: [...exported.map(({ address }) => address.split(".")[0] ?? ""), ...declaredBy(statement)],
    names,
    // An experiment says how what it mentions is trained.
    changes: hasExperiment(statement, bindings) ? names : isCommonJsExport(statement) ? [] : [...effects.of(statement)],
  };
}

/** All names that occur where they may be executed, except for properties that are called so. */
function usedIn(statement: Statement): ReadonlySet<string> {
  const names = new Set<string>();
  const isBehind = behindTraining();
  walkNames([statement], (name, path) => {
    if (!isBehind(path)) names.add(name);
  });
  return names;
}

function collectNeeded(parts: readonly Part[], local: string): ReadonlySet<Part> {
  // Of all others it is clear that they are names of something inside of it.
  const known = new Set(parts.flatMap(({ declares }) => declares));
  const needed = new Set([local]);
  const kept = new Set<Part>();
  for (let before = -1; before !== kept.size; ) {
    before = kept.size;
    for (const part of parts) {
      if (kept.has(part) || ![...part.declares, ...part.changes].some((name) => needed.has(name))) continue;
      kept.add(part);
      for (const name of part.names) if (known.has(name)) needed.add(name);
    }
  }
  return kept;
}

/** Under names that hold in the file itself, or of what it hands on from other files. */
function declaredBy(statement: Statement): readonly string[] {
  const inner = declarationIn(statement);
  switch (inner.type) {
    case "VariableDeclaration":
      return namesIn(inner.declarations.map(({ id }) => id));
    case "ImportDeclaration":
      return inner.specifiers.map(({ local }) => local.name);
    case "ExportNamedDeclaration":
      return inner.source ? inner.specifiers.map((each) => propertyName(each.exported) ?? "") : [];
    case "FunctionDeclaration":
    case "ClassDeclaration":
    case "TSImportEqualsDeclaration":
    case "TSEnumDeclaration":
    case "TSModuleDeclaration":
      return inner.id ? namesIn([inner.id]) : [];
    default:
      return [];
  }
}

function isType(statement: Statement): boolean {
  const inner = declarationIn(statement);
  return (
    inner.type === "TSInterfaceDeclaration" ||
    inner.type === "TSTypeAliasDeclaration" ||
    (inner.type === "ImportDeclaration" && inner.importKind === "type")
  );
}

/** It says how a model of the file is trained. */
function hasExperiment(statement: Statement, bindings: Bindings): boolean {
  const inner = declarationIn(statement);
  const values = inner.type === "VariableDeclaration" ? inner.declarations.map(({ init }) => init) : [inner];
  return values.some((value) => {
    const call = value ? bare(value) : undefined;
    return call?.type === "CallExpression" && resolveName(call.callee, bindings) === "whittle.defineExperiment";
  });
}

const blankOut = (text: string, { start, end }: Part): string =>
  text.slice(0, start) + text.slice(start, end).replace(/[^\r\n]/g, " ") + text.slice(end);

/** Of what is not kept, with nothing kept in between. */
function linesLeftOut(parts: readonly Part[], kept: ReadonlySet<Part>): readonly Lines[] {
  const runs: Lines[] = [];
  let isGoingOn = false;
  for (const part of parts) {
    const before = runs.at(-1);
    const isLeft = !kept.has(part) && !part.isType;
    if (isLeft && isGoingOn && before !== undefined) runs[runs.length - 1] = [before[0], part.lines[1]];
    else if (isLeft) runs.push(part.lines);
    isGoingOn = isLeft;
  }
  return runs;
}
