/** What the extension costs at the start of a window: loading its code and `activate()`, by VS Code's own measure. */
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { collectCalls, countUsed } from "./codeUsed.mjs";
import { timeLine } from "./figures.mjs";
import { freshWindow } from "./windows.mjs";

const dist = fileURLToPath(new URL("../../dist/", import.meta.url));
const BUNDLES = ["extension.cjs", "parser.cjs", "live.js", "compare.js", "trainer.cjs", "babel.cjs", "cli.cjs"];
/** Wakes the extension, and defines no model. */
const OTHER_FILE = "notes.json";

export function activation(report, repetitions) {
  return {
    name: "activation",
    prepare: (workspace) => writeFile(join(workspace, OTHER_FILE), "{}\n"),
    async run(kit) {
      const values = [];
      await kit.step("the extension is activated in fresh windows", async () => {
        for (let turn = 0; turn < repetitions; turn += 1) {
          await freshWindow(kit);
          await kit.openModel();
          values.push(await readActivation(kit));
        }
      });
      report.add(
        timeLine({ what: "Activation, code loaded + `activate()`", values: values.map(sum), target: 100 }),
        timeLine({ what: "… of which `activate()`", values: values.map(([, activate]) => activate) }),
      );
      await kit.step("the code that has run is counted", async () => {
        await freshWindow(kit);
        const file = join(kit.workspace, OTHER_FILE);
        await kit.inHost((vscode, path) => vscode.window.showTextDocument(vscode.Uri.file(path)), file);
        await kit.until("it is active", async () => (await kit.facts()).isActive);
        const idle = await describeUsed(kit);
        await kit.openModel();
        await kit.lens("▶ Prune").waitFor();
        report.tell(
          `Code of extension.cjs that has run: ${idle}; with the first model file ${await describeUsed(kit)}.`,
        );
      });
      const sizes = await Promise.all(
        BUNDLES.map(async (name) => `${name} ${kilobytes((await stat(join(dist, name))).size)}`),
      );
      report.tell(`Bundles: ${sizes.join(", ")}.`);
    },
  };
}

const sum = ([load, activate, finish]) => load + activate + finish;

/** From “Developer: Startup Performance”. @returns milliseconds: load code, call `activate()`, wait for its promise */
async function readActivation(kit) {
  await kit.startCommand("perfview.show");
  return kit.until("the startup performance is shown", async () => {
    const text = await kit.inHost((vscode) => {
      const document = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === "perf");
      return document?.getText() ?? "";
    });
    const row = /^\| whittle\.whittle +\|[^|]*\|([^|]*)\|([^|]*)\|([^|]*)\|/m.exec(text);
    return row?.slice(1).map(Number);
  });
}

async function describeUsed(kit) {
  const bundle = await readFile(join(dist, "extension.cjs"), "utf8");
  const calls = await kit.inHost(collectCalls, "extension.cjs");
  const isParserLoaded = (await kit.inHost(collectCalls, "parser.cjs")).length > 0;
  const used = kilobytes(countUsed(calls, bundle.length));
  return `${used}, parser.cjs ${isParserLoaded ? "loaded" : "not loaded"}`;
}

function kilobytes(bytes) {
  return `${Math.round(bytes / 1000)} kB`;
}
