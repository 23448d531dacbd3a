/** Writes docs/settings.md from the schema: `npm run docs`. A unit test fails when the file is not what this writes. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { settingsSchema } from "../src/protocol/settings.ts";

interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: Node;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
}

function rangeOf(node: Node): string {
  if (node.enum !== undefined) return node.enum.map((value) => `\`${value}\``).join(", ");
  if (node.type === "array") return `list${node.items?.enum === undefined ? "" : ` of ${rangeOf(node.items)}`}`;
  if (node.type !== "number" && node.type !== "integer") return node.type ?? "";
  const low =
    node.exclusiveMinimum !== undefined
      ? `> ${node.exclusiveMinimum}`
      : node.minimum !== undefined
        ? `≥ ${node.minimum}`
        : "";
  const isLimit = (value: number | undefined): value is number =>
    value !== undefined && value < Number.MAX_SAFE_INTEGER;
  const high = isLimit(node.exclusiveMaximum)
    ? `< ${node.exclusiveMaximum}`
    : isLimit(node.maximum)
      ? `≤ ${node.maximum}`
      : "";
  return [node.type, [low, high].filter((part) => part !== "").join(", ")].filter((part) => part !== "").join(" ");
}

function rowsOf(node: Node, path: string): string[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const name = path === "" ? key : `${path}.${key}`;
    if (child.properties !== undefined) return rowsOf(child, name);
    const standard = child.default === undefined ? "" : `\`${JSON.stringify(child.default)}\``;
    return [`| \`${name}\` | ${rangeOf(child)} | ${standard} | ${(child.description ?? "").replaceAll("|", "\\|")} |`];
  });
}

export function settingsTable(): string {
  const schema = z.toJSONSchema(settingsSchema, { io: "input" }) as Node;
  return [
    "# Settings",
    "",
    "The same names in `defineExperiment`, in `--set path=value` and in the run record. An unknown name is an error.",
    "The bound defaults to `{ maxDrop: 0.5 }` when none of its keys is set.",
    "",
    "| setting | type and range | default | meaning |",
    "| --- | --- | --- | --- |",
    ...rowsOf(schema, ""),
    "",
  ].join("\n");
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(resolve(import.meta.dirname, "../docs/settings.md"), settingsTable());
}
