import assert from "node:assert/strict";
import { asChange, asDurationSpread, asPercent, asSpread } from "../../../../src/protocol/figures.ts";
import { compareRuns } from "../../../../src/runs/compare/compare.ts";
import { exportComparison } from "../../../../src/runs/compare/compareExports.ts";
import { comparisonTables } from "../../../../src/runs/compare/compareTable.ts";
import { sampleInput } from "./sampleComparison.ts";

const hostile = {
  ...sampleInput({ id: "r-evil", seed: 2, sparsity: 0.5, test: 0.97, settings: { pruning: { lambda: 0.125 } } }),
  name: '=1+1,"a"|<b>_x_\n\\end{table}%',
};
const comparison = compareRuns([
  sampleInput({ id: "r-aaaa", seed: 1, sparsity: 0.9, test: 0.96 }),
  sampleInput({ id: "r-bbbb", seed: 2, sparsity: 0.92, test: 0.94 }),
  hostile,
]);

describe("a comparison as text", () => {
  it("has the figures of runs and of seeds", () => {
    const [runs, groups] = comparisonTables(comparison);
    assert.deepEqual(runs?.rows[0], [
      "lenet300 · aaaa",
      "done",
      "1",
      "90.00 %",
      "13",
      "97.00 %",
      "96.00 %",
      "−1.50 pp",
      "30",
      "1 min 01 s",
      "test",
    ]);
    assert.equal(runs?.rows[1]?.at(-1), "validation, test");
    // (0.96 − 0.94) / √2
    assert.deepEqual(groups?.rows[0]?.slice(1, 6), ["1, 2", "2", "91.00 ± 1.41 %", "97.00 ± 0.00 %", "95.00 ± 1.41 %"]);
  });

  it("keeps hostile names inside their Markdown cell", () => {
    const lines = exportComparison(comparison, "md").split("\n");
    const head = lines.findIndex((line) => line.startsWith("| Run |"));
    const columns = (line = ""): number => line.replace(/\\./g, "").split("|").length;
    for (const line of lines.slice(head, head + 5)) {
      assert.equal(columns(line), columns(lines[head]), line);
    }
    assert.ok(!lines.some((line) => /(^|[^\\])<b>/.test(line)));
  });

  it("keeps them inside their LaTeX cell", () => {
    const text = exportComparison(comparison, "latex");
    assert.equal(text.match(/\\end\{table\}/g)?.length, text.match(/\\begin\{table\}/g)?.length);
    assert.match(text, /\\textbackslash\{\}end\\\{table\\\}\\%/);
    assert.match(text, /91\.00 \$\\pm\$ 1\.41 \\%/);
  });

  it("gives CSV with full figures, one line per run, and no formulas", () => {
    const rows = parseCsv(exportComparison(comparison, "csv"));
    assert.equal(rows.length, 4);
    const [head = [], first = [], , evil = []] = rows;
    assert.ok(rows.every((row) => row.length === head.length));
    const cell = (row: readonly string[], name: string): string | undefined => row[head.indexOf(name)];
    assert.equal(cell(first, "test_metric"), "0.96");
    assert.equal(cell(first, "seed_group"), "1");
    assert.deepEqual([cell(first, "front_validation"), cell(first, "front_test")], ["0", "1"]);
    assert.equal(cell(first, "sparsity b/kernel"), "0");
    assert.equal(cell(evil, "name"), `'${hostile.name}`);
    assert.equal(cell(evil, "pruning.lambda"), "0.125");
  });

  it("tells changes and deviations with one unit", () => {
    assert.equal(asChange("accuracy", -0.00316), "−0.32 pp");
    assert.equal(asChange("accuracy", 0.00001), "0.00 pp");
    assert.equal(asChange("meanSquaredError", 0.25), "+0.25");
    assert.equal(asSpread({ mean: 0.971, sd: 0.002 }, asPercent), "97.1 ± 0.2 %");
    assert.equal(asSpread({ mean: 0.971 }, asPercent), "97.1 %");
    assert.equal(asDurationSpread({ mean: 31.5, sd: 0.66 }), "31.5 ± 0.7 s");
    assert.equal(asDurationSpread({ mean: 245, sd: 12.3 }), "4 min 05 s ± 12.3 s");
  });
});

/** RFC 4180, by hand and slowly. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let [row, cell, isQuoted] = [[] as string[], "", false];
  for (let index = 0; index < text.length; index += 1) {
    const sign = text[index] ?? "";
    if (isQuoted) {
      if (sign !== '"') cell += sign;
      else if (text[index + 1] === '"') cell += text[++index];
      else isQuoted = false;
    } else if (sign === '"') {
      isQuoted = true;
    } else if (sign === ",") {
      row.push(cell);
      cell = "";
    } else if (sign === "\n") {
      rows.push([...row, cell]);
      [row, cell] = [[], ""];
    } else if (sign !== "\r") {
      cell += sign;
    }
  }
  return rows;
}
