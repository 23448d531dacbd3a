/** package.json against the code it speaks of. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import {
  COMMAND_IDS,
  COMPARE_PANEL,
  CONTEXT_KEYS,
  DATA_FILES,
  EDITOR_SETTINGS,
  LIVE_PANEL,
  MODEL_LANGUAGES,
  RUNS_VIEW,
  WALKTHROUGH,
} from "../../src/editor/base/manifestNames.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

const command = z.object({
  command: z.string(),
  title: z.string(),
  category: z.string(),
  icon: z.string().optional(),
  enablement: z.string().optional(),
});
const setting = z.object({
  default: z.unknown(),
  type: z.string(),
  scope: z.string(),
  enum: z.array(z.string()).optional(),
  enumDescriptions: z.array(z.string()).optional(),
  markdownDescription: z.string(),
});
const walkthrough = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  steps: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      description: z.string(),
      media: z.object({ svg: z.string(), altText: z.string() }),
      completionEvents: z.array(z.string()).min(1),
    }),
  ),
});
const manifest = z
  .object({
    main: z.string(),
    icon: z.string(),
    engines: z.object({ vscode: z.string() }),
    devDependencies: z.record(z.string(), z.string()),
    activationEvents: z.array(z.string()),
    contributes: z.object({
      commands: z.array(command),
      menus: z.record(z.string(), z.array(z.object({ command: z.string(), when: z.string().optional() }))),
      configuration: z.array(z.object({ properties: z.record(z.string(), setting) })),
      walkthroughs: z.array(walkthrough).length(1),
    }),
  })
  .parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));

const { contributes } = manifest;
const declared = contributes.commands.map((one) => one.command);
const settings = Object.assign({}, ...contributes.configuration.map((group) => group.properties)) as Record<
  string,
  z.infer<typeof setting>
>;
const steps = contributes.walkthroughs.flatMap((one) => one.steps);
const texts = z
  .record(z.string(), z.string().min(1))
  .parse(JSON.parse(readFileSync(join(root, "package.nls.json"), "utf8")));
/** Keys that VS Code itself sets. */
const KNOWN_KEYS: ReadonlySet<string> = new Set([
  "isWorkspaceTrusted",
  "virtualWorkspace",
  "editorLangId",
  "resourceScheme",
  "resourceExtname",
  "view",
  "viewItem",
  "listMultiSelection",
  "focusedView",
  "inputFocus",
  "workspaceFolderCount",
  "activeWebviewPanelId",
  ...CONTEXT_KEYS,
]);

describe("manifest", () => {
  it("declares the commands of the table, each once", () => {
    assert.deepEqual([...declared].sort(), [...COMMAND_IDS].sort());
  });

  it("shows every command under the category Whittle", () => {
    assert.deepEqual(
      contributes.commands.filter((one) => one.category !== "Whittle"),
      [],
    );
  });

  it("puts only declared commands into menus", () => {
    const used = Object.values(contributes.menus).flatMap((items) => items.map((item) => item.command));
    assert.deepEqual(
      used.filter((id) => !declared.includes(id)),
      [],
    );
  });

  it("asks for known context keys only", () => {
    const clauses = [
      ...contributes.commands.map((one) => one.enablement),
      ...Object.values(contributes.menus).flatMap((items) => items.map((item) => item.when)),
      ...steps.flatMap((one) => one.completionEvents).map((event) => /^onContext:(.*)$/.exec(event)?.[1]),
    ].filter((clause) => clause !== undefined);
    assert.ok(clauses.length > 0);
    const unknown = clauses.flatMap(keysOf).filter((key) => !KNOWN_KEYS.has(key));
    assert.deepEqual(unknown, []);
  });

  it("offers to preview every file that tells its format by its ending, and no other", () => {
    const item = contributes.menus["explorer/context"]?.find((one) => one.command === "whittle.previewData");
    const [, endings] = /resourceExtname =~ \/\^\\\.\(([\w|]+)\)\$\//.exec(item?.when ?? "") ?? [];
    assert.deepEqual(endings?.split("|").sort(), Object.values(DATA_FILES).flat().sort());
  });

  it("has a checked getter with the same default for every setting", () => {
    assert.deepEqual(
      Object.keys(settings).sort(),
      Object.keys(EDITOR_SETTINGS)
        .map((key) => `whittle.${key}`)
        .sort(),
    );
    for (const [key, { schema, default: value }] of Object.entries(EDITOR_SETTINGS)) {
      const shown = settings[`whittle.${key}`];
      assert.deepEqual(shown?.default, value, key);
      assert.deepEqual(shown?.enum, schema instanceof z.ZodEnum ? schema.options : undefined, key);
      assert.equal(shown?.enumDescriptions?.length, shown?.enum?.length, key);
    }
  });

  it("takes its texts from package.nls.json, which has no other", () => {
    const text = readFileSync(join(root, "package.json"), "utf8");
    const used = [...text.matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key);
    assert.deepEqual([...new Set(used)].sort(), Object.keys(texts).sort());
    const plain = [
      ...contributes.commands.map((one) => one.title),
      ...Object.values(settings).flatMap((one) => [one.markdownDescription, ...(one.enumDescriptions ?? [])]),
      ...contributes.walkthroughs.flatMap(({ title, description }) => [title, description]),
      ...steps.flatMap(({ title, description, media }) => [title, description, media.altText]),
    ].filter((shown) => !/^%[\w.]+%$/.test(shown));
    assert.deepEqual(plain, []);
  });

  it("starts by language and by panel, never with the editor", () => {
    const expected = [
      ...MODEL_LANGUAGES.map((language) => `onLanguage:${language}`),
      `onWebviewPanel:${LIVE_PANEL}`,
      `onWebviewPanel:${COMPARE_PANEL}`,
    ];
    assert.deepEqual([...manifest.activationEvents].sort(), expected.sort());
  });

  it("has the walkthrough that Open Walkthrough opens", () => {
    assert.deepEqual(
      contributes.walkthroughs.map((one) => one.id),
      [WALKTHROUGH],
    );
  });

  it("completes each step of the walkthrough by a declared command that a button of the step runs", () => {
    assert.equal(new Set(steps.map((one) => one.id)).size, steps.length);
    for (const { id, description, completionEvents } of steps) {
      const [command = "", ...others] = completionEvents;
      const [, completing = ""] = /^onCommand:(.*)$/.exec(command) ?? [];
      assert.ok(declared.includes(completing), `${id}: ${command}`);
      // For what leads there on other ways: VS Code does not count the commands of lenses and rows.
      assert.deepEqual(
        others.filter((event) => !event.startsWith("onContext:")),
        [],
      );
      // A button is a link that stands alone in its line.
      assert.match(textOf(description), new RegExp(`^\\[[^\\]]+\\]\\(command:${completing}\\)$`, "m"), id);
    }
  });

  it("leads from texts to commands that there are", () => {
    const links = Object.values(texts).flatMap((text) =>
      [...text.matchAll(/\]\(command:([^)]+)\)/g)].map(([, id]) => id),
    );
    assert.ok(links.length > steps.length);
    const known = [...declared, `${RUNS_VIEW}.focus`, "vscode.openFolder"];
    assert.deepEqual(
      links.filter((id) => id === undefined || !known.includes(id)),
      [],
    );
  });

  it("has a picture without text for each step of the walkthrough, in colours of the theme only", () => {
    assert.deepEqual(
      readdirSync(join(root, "media", "walkthrough")).sort(),
      steps.map(({ media }) => basename(media.svg)).sort(),
    );
    for (const { media } of steps) {
      const svg = readFileSync(join(root, media.svg), "utf8");
      // VS Code forbids styles in these pictures; a text in one could not be translated.
      assert.doesNotMatch(svg, /<text|<style|style=|#[0-9a-f]{3}|rgb/i, media.svg);
      assert.match(svg, /var\(--vscode-/, media.svg);
    }
  });

  it("has its icons", () => {
    assert.ok(existsSync(join(root, manifest.icon)), manifest.icon);
    const icons = contributes.commands.flatMap((one) => one.icon ?? []);
    assert.deepEqual(
      icons.filter((icon) => !/^\$\([a-z-]+\)$/.test(icon)),
      [],
    );
  });

  it("asks for the editor whose types it is compiled with", () => {
    assert.equal(manifest.engines.vscode, `^${manifest.devDependencies["@types/vscode"]}`);
  });
});

/** What stands for `%key%` in English. */
function textOf(shown: string): string {
  return texts[shown.slice(1, -1)] ?? "";
}

/** The keys of a clause: what is left of it without strings, patterns and the values that keys are compared with. */
function keysOf(clause: string): string[] {
  const bare = clause.replace(/=~\s*\/.*?\/[a-z]*/g, "").replace(/[=!]=\s*\S+/g, "");
  return bare.match(/[A-Za-z][\w.]*/g) ?? [];
}
