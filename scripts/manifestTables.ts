/**
 * Writes the tables of commands and settings in README.md from package.json: `npm run docs`. A test in test/manifest
 * fails when the file is not what this writes.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";

const root = resolve(import.meta.dirname, "..");

const settingSchema = z.object({
  type: z.string(),
  default: z.unknown(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  enum: z.array(z.string()).optional(),
  markdownDescription: z.string(),
});
const manifestSchema = z.object({
  contributes: z.object({
    commands: z.array(z.object({ command: z.string(), title: z.string() })),
    configuration: z.array(z.object({ properties: z.record(z.string(), settingSchema) })),
  }),
});

/** `readme` with the tables between their markers as package.json has them now. @throws Error when a marker is missing */
export function withTables(readme: string): string {
  const texts = z.record(z.string(), z.string()).parse(readJson("package.nls.json"));
  const { commands, configuration } = manifestSchema.parse(readJson("package.json")).contributes;
  const say = (key: string): string => (texts[key.replaceAll("%", "")] ?? key).replaceAll("|", "\\|");
  const settings = Object.entries(Object.assign({}, ...configuration.map((group) => group.properties))).map(
    ([name, setting]) => [name, settingSchema.parse(setting)] as const,
  );
  const commandRows = commands.map(({ command, title }) => `| Whittle: ${say(title)} | \`${command}\` |`);
  const settingRows = settings.map(
    ([name, setting]) =>
      `| \`${name}\` | ${rangeOf(setting)} | \`${JSON.stringify(setting.default)}\` | ${say(setting.markdownDescription)} |`,
  );
  const table = (head: string, rows: readonly string[]): string =>
    [head, head.replaceAll(/[^|]+/g, " --- "), ...rows].join("\n");
  return fill(
    fill(readme, "commands", table("| command | id |", commandRows)),
    "settings",
    table("| setting | values | default | meaning |", settingRows),
  );
}

function rangeOf(setting: z.infer<typeof settingSchema>): string {
  if (setting.enum !== undefined) return setting.enum.map((value) => `\`${value}\``).join(", ");
  const { type, minimum, maximum } = setting;
  return minimum === undefined ? type : `${type}, ${minimum} to ${maximum ?? "any"}`;
}

function fill(text: string, name: string, content: string): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md has no ${start} … ${end}`);
  return `${text.slice(0, from + start.length)}\n${content}\n${text.slice(to)}`;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(resolve(root, file), "utf8"));
}

if (process.argv[1] === import.meta.filename) {
  const file = resolve(root, "README.md");
  writeFileSync(file, withTables(readFileSync(file, "utf8")));
}
