/** Source text → its top-level statements. What cannot be parsed is left out; positions are those of the whole text. */
import { type ParserOptions, parse } from "@babel/parser";
import type { Statement } from "@babel/types";

function optionsFor(fileName: string): ParserOptions {
  const isTypeScript = /\.[cm]?tsx?$/.test(fileName);
  const hasJsx = /\.(tsx|jsx|js)$/.test(fileName);
  return {
    sourceType: "module",
    errorRecovery: true,
    allowReturnOutsideFunction: true,
    allowAwaitOutsideFunction: true,
    plugins: [...(isTypeScript ? (["typescript"] as const) : []), ...(hasJsx ? (["jsx"] as const) : [])],
  };
}

export interface TopLevel {
  readonly statements: readonly Statement[];
  /** False when a mistake in the text may hide some of them. */
  readonly isWhole: boolean;
}

function tryParse(text: string, options: ParserOptions): TopLevel | undefined {
  try {
    const file = parse(text, options);
    return { statements: file.program.body, isWhole: (file.errors ?? []).length === 0 };
  } catch {
    // The parser recovers from small mistakes only; the caller goes on with smaller pieces.
    return undefined;
  }
}

/** Comments, strings and templates: whatever begins a line in there begins no statement. */
const QUIET = /\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`/g;
const BEGINNING = /^(?:export|import|function|async|const|let|var|class|type|interface|enum|declare|abstract)\b/gm;

/** Where top-level statements seem to begin: a keyword at the very start of a line. */
function guessBeginnings(text: string): number[] {
  const quiet = [...text.matchAll(QUIET)].map((match) => [match.index, match.index + match[0].length] as const);
  return [...text.matchAll(BEGINNING)]
    .map((match) => match.index)
    .filter((at) => !quiet.some(([start, end]) => start <= at && at < end));
}

export function parseTopLevel(text: string, fileName: string): TopLevel {
  const options = optionsFor(fileName);
  const whole = tryParse(text, options);
  if (whole) return whole;
  const beginnings = guessBeginnings(text);
  const statements = beginnings.flatMap((start, index) => {
    const piece = text.slice(start, beginnings[index + 1] ?? text.length);
    // Blanks in front keep the positions right.
    return tryParse(" ".repeat(start) + piece, options)?.statements ?? [];
  });
  return { statements, isWhole: false };
}
