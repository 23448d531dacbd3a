/** The source: lenses while typing, a run from the palette, hints, hovers, problems, model.json, a new experiment. */
import assert from "node:assert/strict";
import { cp, mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hintsOf, lensesOf } from "../inSource.mjs";

export const name =
  "lenses while typing, a run from the palette, hints, hovers, problems, model.json, a new experiment";

const FAULTY = `import * as tf from "@tensorflow/tfjs";

export function faulty() {
  const model = tf.sequential();
  throw new Error("on purpose <b>bold</b>");
  return model;
}
`;
const LOOKALIKE = `// tf.sequential() of @tensorflow/tfjs
export const sequential = () => ({});
export function net() { return sequential(); }
`;
/** As people publish them, for a page: nothing is exported, and a function trains when a button is clicked. */
const AUTHOR = `const tf = require("@tensorflow/tfjs-node");

function createModel(units, name) {
  const model = tf.sequential({ name });
  model.add(tf.layers.flatten({ inputShape: [28, 28, 1] }));
  model.add(tf.layers.dense({ units, activation: "relu" }));
  model.add(tf.layers.dense({ units: 10, activation: "softmax" }));
  return model;
}

function hold() {
  const model = tf.sequential();
  console.log(model.name);
}

async function train() {
  const xs = tf.randomUniform([300, 6]);
  const model = tf.sequential();
  model.add(tf.layers.dense({ name: "hidden", units: 12, activation: "relu", inputShape: [6] }));
  model.add(tf.layers.dense({ name: "sum", units: 1 }));
  model.compile({ optimizer: tf.train.adam(0.02), loss: "meanSquaredError" });
  await model.fit(xs, xs.sum(1, true), { epochs: 50 });
  document.title = "trained";
}

createModel(30, "net");
document.getElementById("train").addEventListener("click", train);
`;
/** Enough epochs for the notification to be read. */
const SETTINGS = { seed: 7, pruning: { maxEpochs: 30, minPruned: 0, bound: { maxDrop: 5 } } };

export async function prepare(workspace) {
  await writeFile(join(workspace, "faulty.model.ts"), FAULTY);
  await writeFile(join(workspace, "lookalike.ts"), LOOKALIKE);
  await writeFile(join(workspace, "author.js"), AUTHOR);
  await writeFile(join(workspace, "quick.whittle.json"), JSON.stringify(SETTINGS));
  await mkdir(join(workspace, "small"));
  await writeFile(join(workspace, "small", "model.json"), JSON.stringify(makeModelJson(), null, 2));
}

export async function run(kit) {
  const { step, until, page, workspace, modelFile } = kit;
  const fileOf = (path) => join(workspace, path);
  // The editor shows no toasts under test, but keeps them in its list.
  const notification = (text) =>
    page.locator(".notifications-center .notification-list-item", { hasText: text }).first();
  const quickPick = (text) => page.locator(".quick-input-list .monaco-list-row", { hasText: text }).first();

  await step("a model and its experiment have one set of lenses; files that only look alike have none", async () => {
    await kit.openModel();
    assert.deepEqual(await lensesOf(kit, modelFile), ["▶ Prune", "Baseline"]);
    assert.deepEqual(await lensesOf(kit, fileOf("lookalike.ts")), []);
    assert.deepEqual(await lensesOf(kit, fileOf("quick.whittle.json")), []);
    assert.deepEqual(await lensesOf(kit, fileOf("small/model.json")), ["▶ Prune", "Baseline"]);
  });

  await step("lenses stay while the text cannot be read, and go with the definition", async () => {
    const lines = (await readFile(modelFile, "utf8")).split("\n");
    const line = lines.findIndex((text) => text.includes("fc2"));
    await replaceLine(kit, modelFile, line, '      tf.layers.dense({ name: "fc2", units: [');
    assert.deepEqual(await lensesOf(kit, modelFile), ["▶ Prune", "Baseline"]);
    await kit.lens("▶ Prune").waitFor();
    await replaceLine(kit, modelFile, line, lines[line]);
    assert.deepEqual(await lensesOf(kit, modelFile), ["▶ Prune", "Baseline"]);
  });

  await step("from the palette: model, data, settings file; a notification tells progress and the end", async () => {
    await kit.runCommand("Prune a Model");
    await quickPick("lenet5").waitFor();
    await kit.shoot("pick-model.png");
    await quickPick("lenet300").click();
    await quickPick("As the experiment says").click();
    await quickPick("quick.whittle.json").waitFor();
    await kit.shoot("pick-settings.png");
    await quickPick("quick.whittle.json").click();
    await until("the run has begun", async () => (await kit.readRuns()).length === 1);
    await kit.startCommand("notifications.showList");
    await notification("epoch").waitFor({ timeout: 60_000 });
    await kit.shoot("progress.png");
    await notification("sparse, accuracy").waitFor({ timeout: 120_000 });
    const [run] = await kit.readRuns();
    assert.deepEqual(run.record.plan.overrides, SETTINGS);
    assert.equal(run.record.state, "done");
  });

  await step("beside each layer stands what the run did to it; the hover has its history", async () => {
    const [run] = await kit.readRuns();
    const expected = run.record.result.layers.map(
      (layer) => `${(layer.sparsity * 100).toFixed(1)} % sparse · ${layer.unitsAlive}/${layer.units.count} units alive`,
    );
    await until("the hints are there", async () => (await hintsOf(kit, modelFile)).length === 3);
    const hints = await hintsOf(kit, modelFile);
    const lines = (await readFile(modelFile, "utf8")).split("\n");
    assert.deepEqual(
      hints.map(({ label }) => label),
      expected,
    );
    hints.forEach(({ line, character }, index) => {
      assert.ok(lines[line].includes(`fc${index + 1}`), `hint ${index} beside ${lines[line]}`);
      assert.equal(character, lines[line].length);
    });
    await page.locator(".view-lines", { hasText: "units alive" }).first().waitFor();
    await kit.startCommand("notifications.clearAll");
    await kit.startCommand("workbench.action.toggleMaximizeEditorGroup");
    await kit.shoot("hints.png");
    await kit.startCommand("workbench.action.toggleMaximizeEditorGroup");
    const [hover] = await hoversOf(
      kit,
      modelFile,
      lines.findIndex((text) => text.includes("fc1")),
      "dense",
    );
    assert.match(hover, /fc1/);
    assert.match(hover, /[▁▂▃▄▅▆▇█]{3}/);
    assert.match(hover, /of 235\\,200 weights left/);
    assert.match(hover, /command:whittle\.openPanel/);
    assert.match(hover, new RegExp(run.id.slice(-4)));
  });

  await step("a layer without a weight is a problem on its line, in the run that is newest", async () => {
    await addCollapsedRun(kit);
    const problems = await until("the problem is shown", async () => {
      const found = await problemsOf(kit, modelFile);
      return found.length > 0 ? found : undefined;
    });
    const lines = (await readFile(modelFile, "utf8")).split("\n");
    assert.equal(problems.length, 1);
    assert.match(problems[0].message, /collapsed/);
    assert.ok(lines[problems[0].line].includes("fc2"));
    assert.match((await hintsOf(kit, modelFile))[1].label, /collapsed/);
    await kit.shoot("collapsed.png");
  });

  await step("the baseline prunes nothing, and Cancel in its notification stops it", async () => {
    // Long enough to be cancelled: its eight epochs take two seconds.
    const text = await readFile(modelFile, "utf8");
    await writeFile(modelFile, text.replace(/epochs: \d+,/, "epochs: 2000,"));
    await kit.lens("Baseline").click();
    await kit.startCommand("notifications.showList");
    await notification("epoch").waitFor({ timeout: 60_000 });
    await notification("epoch").hover();
    await kit.shoot("baseline.png");
    await notification("epoch").locator("a", { hasText: "Cancel" }).click();
    const stopped = await until("the run has stopped", async () =>
      (await kit.readRuns()).find(({ record }) => record.state === "stopped"),
    );
    assert.deepEqual(stopped.record.plan.overrides, { pruning: { maxEpochs: 0 } });
    assert.match(stopped.record.name, /\(dense\)$/);
    await writeFile(modelFile, text);
  });

  const faulty = fileOf("faulty.model.ts");
  await step("a definition that fails is a problem on the line that threw, which moves with its line", async () => {
    await kit.open(faulty);
    await kit.lens("▶ Prune").click();
    const [problem] = await until("the problem is shown", async () => {
      const found = await problemsOf(kit, faulty);
      return found.length > 0 ? found : undefined;
    });
    assert.equal(problem.line, 4);
    assert.match(problem.message, /on purpose <b>bold<\/b>/);
    await kit.shoot("failed.png");
    await kit.type(faulty, "// one line more\n");
    await until("the problem has moved", async () => (await problemsOf(kit, faulty))[0]?.line === 5);
    await replaceLine(kit, faulty, 5, "");
    await until("the problem is gone with its line", async () => (await problemsOf(kit, faulty)).length === 0);
  });

  await step("a model.json is trained like any model, and its layers say how it went", async () => {
    const file = fileOf("small/model.json");
    await kit.open(file);
    await kit.startCommand("whittle.startRun", { uri: `file://${file}`, exportName: "default" });
    await until("the hints are there", async () => (await hintsOf(kit, file)).length === 2);
    await kit.shoot("model-json.png");
    await kit.lens("Stop").click();
    const stopped = await until("the run has stopped", async () =>
      (await kit.readRuns()).find(({ record }) => record.name === "small" && record.state === "stopped"),
    );
    assert.equal(stopped.record.plan.modelFile, file);
    assert.deepEqual(
      stopped.events.find((event) => event.type === "model").layers.map((layer) => layer.name),
      ["wide/kernel", "out/kernel"],
    );
  });

  const author = fileOf("author.js");
  const pruneLenses = page.locator(".codelens-decoration a", { hasText: "▶ Prune" });
  const input = page.locator(".quick-input-widget input[type=text]");
  await step(
    "a function that wants to be given something asks for it, with what the file gives it, and remembers",
    async () => {
      await kit.open(author);
      assert.deepEqual(await lensesOf(kit, author), ["▶ Prune", "Baseline", "▶ Prune", "Baseline"]);
      const answer = async (title, offered, given) => {
        await page.locator(".quick-input-widget", { hasText: title }).waitFor();
        await until(`${offered} is offered`, async () => (await input.inputValue()) === offered);
        await input.fill(given);
        await input.press("Enter");
      };
      const runsOfAuthor = async () => (await kit.readRuns()).filter(({ record }) => record.plan.modelFile === author);
      await kit.lens("▶ Prune").click();
      await page.locator(".quick-input-widget", { hasText: "createModel: units (1/2)" }).waitFor();
      await kit.shoot("arguments.png");
      await answer("units (1/2)", "30", "40");
      await answer("name (2/2)", "net", "wide");
      const [run] = await until("the run has begun", async () => {
        const found = await runsOfAuthor();
        return found.some(({ events }) => events.some(({ type }) => type === "model")) ? found : undefined;
      });
      assert.deepEqual(run.record.plan.overrides.args, { units: 40, name: "wide" });
      assert.deepEqual(run.events.find(({ type }) => type === "model").layers[0].shape, [784, 40]);
      await kit.lens("Stop").click();
      await until("it has stopped", async () => (await runsOfAuthor())[0].record.state === "stopped");
      // That of the other function stays; this one's is shown again, above it.
      await pruneLenses.nth(1).waitFor();
      await kit.lens("▶ Prune").click();
      await page.locator(".quick-input-widget", { hasText: "units (1/2)" }).waitFor();
      await until("what was given is offered", async () => (await input.inputValue()) === "40");
      await page.keyboard.press("Escape");
      assert.equal((await runsOfAuthor()).length, 1);
    },
  );

  await step(
    "what makes a model and keeps it is in the palette's list, with the reason, and shows its place",
    async () => {
      await kit.runCommand("Prune a Model");
      await quickPick("Makes a model, but neither returns, trains nor keeps it").waitFor();
      await kit.shoot("hindrance.png");
      await quickPick("Makes a model, but neither returns, trains nor keeps it").click();
      await until("its line is shown", async () => {
        const at = await kit.inHost((vscode) => vscode.window.activeTextEditor?.selection.active.line);
        return at === 10;
      });
      await page.keyboard.press("Escape");
    },
  );

  await step(
    "a function that trains is pruned by its lens, on its own data, in a file that is meant for a page",
    async () => {
      await kit.open(author);
      await pruneLenses.nth(1).click();
      const done = await until("its run has ended", async () =>
        (await kit.readRuns()).find(({ record }) => record.plan.exportName === "train" && record.state === "done"),
      );
      assert.deepEqual([done.record.data.spec, done.record.data.train], ["fit", 243]);
      const line = AUTHOR.split("\n").indexOf("async function train() {");
      await until("its layers have hints", async () => {
        const hints = await hintsOf(kit, author);
        return hints.filter((hint) => hint.line > line).length === 2;
      });
      await kit.shoot("trains-itself.png");
    },
  );

  await step("a new experiment is made from an example, under a name of its own", async () => {
    const file = fileOf("my-net.model.ts");
    await kit.startCommand("whittle.newExperiment", { template: "lenet5", uri: `file://${file}` });
    await until("its lens is there", async () => (await lensesOf(kit, file)).includes("▶ Prune"));
    assert.match(await readFile(file, "utf8"), /export function myNet\(\)/);
    const begin = (template, name) =>
      kit.startCommand("whittle.newExperiment", { template, uri: `file://${fileOf(name)}` });
    await mkdir(fileOf("new"));
    await begin("prices", "new/flats.model.ts");
    await until("it has lenses", async () => (await lensesOf(kit, fileOf("new/flats.model.ts"))).includes("▶ Prune"));
    assert.match(
      await readFile(fileOf("new/flats.model.ts"), "utf8"),
      /function flats\(\)[\s\S]*"csv:prices\.csv#price"/,
    );
    await begin("published", "new/theirs.js");
    await until("it has lenses", async () => (await lensesOf(kit, fileOf("new/theirs.js"))).includes("▶ Prune"));
    assert.match(await readFile(fileOf("new/theirs.whittle.json"), "utf8"), /"module:theirs\.js#loadDataset"/);
    assert.deepEqual((await readdir(fileOf("new"))).sort(), [
      "flats.model.ts",
      "prices.csv",
      "theirs.js",
      "theirs.whittle.json",
    ]);
  });

  await step("the native engine is installed only after consent", async () => {
    await kit.answerModals(null);
    await kit.runCommand("Install Native Engine");
    const [question, { modal, detail }, ...buttons] = await kit.modal();
    assert.equal(question, "Install the native engine?");
    assert.ok(modal);
    assert.match(detail, /Downloads TensorFlow's library \(about 200 MB.*checks it\./);
    assert.deepEqual(buttons, ["Install"]);
    await sleep(500);
    assert.equal(await page.getByText("Installing the native engine").count(), 0);
  });

  await step("the environment tells versions, engines and settings", async () => {
    const text = await kit.readEnvironment();
    assert.match(text, /^Whittle \d+\.\d+\.\d+ in /);
    assert.match(text, /wasm\s+Its check passed/);
    assert.match(text, /whittle\.engine: "auto"/);
    await kit.shoot("environment.png");
  });
}

function hoversOf(kit, file, line, word) {
  return kit.inHost(
    async (vscode, { path, at, part }) => {
      const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path));
      const position = new vscode.Position(at, document.lineAt(at).text.indexOf(part));
      const hovers = await vscode.commands.executeCommand("vscode.executeHoverProvider", document.uri, position);
      return hovers.flatMap((hover) => hover.contents.map((content) => content.value ?? content));
    },
    { path: file, at: line, part: word },
  );
}

function problemsOf(kit, file) {
  return kit.inHost((vscode, path) => {
    const problems = vscode.languages.getDiagnostics(vscode.Uri.file(path));
    return problems
      .filter(({ source }) => source === "Whittle")
      .map(({ message, range }) => ({ message, line: range.start.line }));
  }, file);
}

function replaceLine(kit, file, line, text) {
  return kit.inHost(
    async (vscode, { path, at, now }) => {
      const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path));
      const edit = new vscode.WorkspaceEdit();
      edit.replace(document.uri, document.lineAt(at).range, now);
      return vscode.workspace.applyEdit(edit);
    },
    { path: file, at: line, now: text },
  );
}

/** The run that there is, once more, as if its second layer had lost all weights. */
async function addCollapsedRun(kit) {
  const [{ id, dir, record, events }] = await kit.readRuns();
  const collapsed = id.replace(/-\d{6}-/, "-235959-");
  const target = dir.replace(id, collapsed);
  // Hidden from lists until it is whole, as any new run.
  const hidden = dir.replace(id, `.new-${collapsed}`);
  const collapse = (layers) =>
    layers.map((layer, index) => (index === 1 ? { ...layer, remaining: 0, sparsity: 1, unitsAlive: 0 } : layer));
  const withoutLayer = (result) => ({ ...result, id: collapsed, layers: collapse(result.layers) });
  await cp(dir, hidden, { recursive: true });
  await writeFile(
    join(hidden, "events.jsonl"),
    events
      .map((event) => (event.type === "result" ? { ...event, result: withoutLayer(event.result) } : event))
      .map((event) => `${JSON.stringify(event)}\n`)
      .join(""),
  );
  const changed = { ...record, id: collapsed, result: withoutLayer(record.result) };
  await writeFile(join(hidden, "run.json"), JSON.stringify(changed));
  await rename(hidden, target);
  await kit.lens("Compare…").waitFor();
  // The other one was selected when it was started; the selected one goes before the newest.
  await kit.inHost((vscode, run) => vscode.commands.executeCommand("whittle.openPanel", run), target);
}

/** As TensorFlow.js writes it, without weights: such a model begins untrained. */
function makeModelJson() {
  const layer = (class_name, config) => ({ class_name, config });
  return {
    format: "layers-model",
    generatedBy: "TensorFlow.js tfjs-layers v4.22.0",
    modelTopology: {
      class_name: "Sequential",
      keras_version: "tfjs-layers 4.22.0",
      backend: "tensor_flow.js",
      config: {
        name: "small",
        layers: [
          layer("Flatten", { name: "flat", trainable: true, batch_input_shape: [null, 28, 28, 1], dtype: "float32" }),
          // Wide enough that a run can be stopped before it is over.
          layer("Dense", { name: "wide", trainable: true, units: 2000, activation: "relu", use_bias: true }),
          layer("Dense", { name: "out", trainable: true, units: 10, activation: "softmax", use_bias: true }),
        ],
      },
    },
  };
}
