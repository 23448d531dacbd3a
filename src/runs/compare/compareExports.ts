/** A comparison as text for papers and tools: Markdown, LaTeX (booktabs), CSV. */
import type { Comparison, ExportFormat } from "../../protocol/comparison.ts";
import { describeCaveats } from "./compareCaveats.ts";
import { asCsv } from "./compareCsv.ts";
import { comparisonTables, type TextTable } from "./compareTable.ts";

export function exportComparison(comparison: Comparison, format: ExportFormat): string {
  switch (format) {
    case "md":
      return asMarkdown(comparison);
    case "csv":
      return asCsv(comparison);
    case "latex":
      return asLatex(comparison);
  }
}

function asMarkdown(comparison: Comparison): string {
  const tables = comparisonTables(comparison).map(({ title, head, align, rows }) =>
    [
      `## ${title}`,
      "",
      markdownRow(head.map(escapeMarkdown)),
      markdownRow(align.map((side) => (side === "right" ? "---:" : ":---"))),
      ...rows.map((row) => markdownRow(row.map(escapeMarkdown))),
    ].join("\n"),
  );
  const caveats = describeCaveats(comparison).map((caveat) => `- ${escapeMarkdown(caveat)}`);
  return `${[`# ${comparison.runs.length} runs compared`, ...tables, ...(caveats.length === 0 ? [] : [caveats.join("\n")])].join("\n\n")}\n`;
}

function markdownRow(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function escapeMarkdown(text: string): string {
  return oneLine(text).replace(/[\\`*_[\]<>|#~]/g, "\\$&");
}

/** Needs the package booktabs. */
function asLatex(comparison: Comparison): string {
  const caveats = describeCaveats(comparison).map((caveat) => `% ${oneLine(caveat)}`);
  return `${[...caveats, ...comparisonTables(comparison).map(latexTable)].join("\n\n")}\n`;
}

function latexTable({ title, head, align, rows }: TextTable): string {
  const line = (cells: readonly string[]): string => `  ${cells.map(escapeLatex).join(" & ")} \\\\`;
  return [
    "\\begin{table}",
    "  \\centering",
    `  \\caption{${escapeLatex(title)}}`,
    `  \\begin{tabular}{${align.map((side) => (side === "right" ? "r" : "l")).join("")}}`,
    "  \\toprule",
    line(head),
    "  \\midrule",
    ...rows.map(line),
    "  \\bottomrule",
    "  \\end{tabular}",
    "\\end{table}",
  ].join("\n");
}

const LATEX_SIGNS: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "±": "$\\pm$",
  "×": "$\\times$",
  "−": "$-$",
  "–": "--",
  "·": "$\\cdot$",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
};

function escapeLatex(text: string): string {
  return oneLine(text).replace(/[\\~^±×−–·<>&%$#_{}]/g, (sign) => LATEX_SIGNS[sign] ?? `\\${sign}`);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
