/** The commands and their options. What they do is loaded when one is called, so that the program starts at once. */
import { Command, Option } from "commander";
import { EXPORT_FORMATS } from "../protocol/comparison.ts";
import { MODEL_FORMATS } from "../protocol/modelExport.ts";
import { ENGINE_WISHES, METHOD_NAMES, PRESET_NAMES } from "../protocol/settings.ts";
import { RUN_ORDERS } from "../runs/compare/listedRuns.ts";
import { addOutputOptions, addRunOptions, appendValue, parseWhole } from "./options.ts";
import { VERSION } from "./version.ts";

const KEPT_MODEL = [
  "--kept-model",
  "build the model from the copy of its file that the run has kept, where the file has changed or is gone",
] as const;

export function createProgram(): Command {
  const program = new Command("whittle")
    .description("Pruning experiments on neural networks, from the terminal.")
    .version(VERSION)
    // Errors are printed in one place, main.ts, with their remedy.
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .showSuggestionAfterError();
  addTraining(program);
  addRuns(program);
  addExport(program);
  addSteering(program);
  addEngines(program);
  return program;
}

function addTraining(program: Command): void {
  addRunOptions(program.command("run"))
    .argument("<file[#export]>", "model definition file, and which of its exports")
    .description("train a dense baseline, then prune it")
    .option("--name <name>", "what the run is called (default: as its model)")
    .option("--settings <file>", "settings file (NAME.whittle.json); the options below win over it")
    .option(
      "--data <spec>",
      "data set: digits, phrases, idx:DIR, cifar10:DIR, cifar100:DIR, images:DIR, npz:FILE, csv:FILE#TARGET, jsonl:FILE#TARGET, parquet:FILE#TARGET, parallel:DIR#SRC-TGT, text:FILE, labelled:FILE#TEXT-LABEL, module:FILE#EXPORT, or fit: what the file gives model.fit",
    )
    .addOption(new Option("--engine <engine>", "where tensors are computed").choices(ENGINE_WISHES))
    .option("--seed <n>", "seed of initialisation, shuffling and split", parseWhole)
    .addOption(new Option("--preset <preset>", "settings of optimizer and pruning to begin with").choices(PRESET_NAMES))
    .option(
      "--from <run|weights>",
      "trained dense model to begin with: a run, .safetensors, .npz, .keras, .h5, or a model.json",
    )
    .addOption(new Option("--method <method>", "what the regularization shrinks").choices(METHOD_NAMES))
    .option("--arg <name=value>", "value for a parameter of the model function; may be repeated", appendValue, [])
    .option("--set <path=value>", "any other setting, e.g. pruning.lambda=2e-4; may be repeated", appendValue, [])
    .option("--dense-twin", "then train a dense model for as many epochs, and show it beside the pruned one")
    .option("--detach", "start it and return; it goes on without this terminal")
    .action(async (file, options) => (await import("./trainCommands.ts")).startRun(file, options));
  addOutputOptions(program.command("data <spec>"))
    .description("what is in a data set: shapes, values, splits, classes")
    .option("--examples <n>", "how many of the first training examples to show", parseWhole)
    .option(
      "--set <path=value>",
      "a setting by which data are read, e.g. text.tokenizer=bpe; may be repeated",
      appendValue,
      [],
    )
    .action(async (spec, options) => (await import("./dataCommand.ts")).showData(spec, options));
  addRunOptions(program.command("resume <id>"))
    .description("go on with a stopped, failed or interrupted run, from its last checkpoint")
    .option("--detach", "start it and return; it goes on without this terminal")
    .action(async (id, options) => (await import("./trainCommands.ts")).resumeRun(id, options));
}

function addRuns(program: Command): void {
  addRunOptions(program.command("list"))
    .description("the runs, pinned ones first")
    .option("--tag <tag>", "only runs with this tag; may be repeated", appendValue, [])
    .addOption(new Option("--sort <order>", "what comes first").choices(RUN_ORDERS).default("newest"))
    .option("--filter <words>", "only runs with all these words in name, #tags, state, id or model file")
    .action(async (options) => (await import("./runsCommands.ts")).listAll(options));
  addRunOptions(program.command("show <id>"))
    .description("one run: settings, state, result")
    .action(async (id, options) => (await import("./runsCommands.ts")).showRun(id, options));
  addRunOptions(program.command("log <id>"))
    .description("what happened in a run, event by event")
    .option("--follow", "stay until the run ends")
    .action(async (id, options) => (await import("./logCommand.ts")).printLog(id, options));
  addRunOptions(program.command("compare <ids...>"))
    .description("runs beside each other: figures, Pareto front, seeds, layers, what differs")
    .addOption(new Option("--format <format>", "as text for papers and tools").choices(EXPORT_FORMATS))
    .action(async (ids, options) => (await import("./compareCommand.ts")).compareIds(ids, options));
  addRunOptions(program.command("rename <id> <name>"))
    .description('what a run is called; "" for the name it had')
    .action(async (id, name, options) => (await import("./markCommands.ts")).renameOne(id, name, options));
  addRunOptions(program.command("tag <id> <tags...>"))
    .description("add tags to a run")
    .option("--remove", "take them away")
    .action(async (id, tags, options) => (await import("./markCommands.ts")).tagOne(id, tags, options));
  addRunOptions(program.command("pin <ids...>"))
    .description("keep runs at the head of lists")
    .option("--off", "no longer")
    .action(async (ids, options) => (await import("./markCommands.ts")).pinRuns(ids, options));
  addRunOptions(program.command("delete <id>"))
    .description("delete a run and everything in its folder")
    .option("--yes", "do not ask")
    .action(async (id, options) => (await import("./runsCommands.ts")).deleteOne(id, options));
}

function addExport(program: Command): void {
  addRunOptions(program.command("write <id> [texts...]"))
    .description(
      "what a run's dense reference and its pruned model write for texts, or how they go on with them; or for lines of standard input",
    )
    .option("--beams <n>", "beginnings that the search keeps at a time (default: as the run did)", parseWhole)
    .option("--temperature <t>", "of a language model: see generation.temperature (default: as the run's)", Number)
    .option("--length <n>", "most tokens to write (default: as the run did)", parseWhole)
    .option("--seed <n>", "of a language model: what is drawn (default: the run's)", parseWhole)
    .option(...KEPT_MODEL)
    .action(async (id, texts, options) => (await import("./writeCommand.ts")).writeTexts(id, texts, options));
  addRunOptions(program.command("export <id>"))
    .description("a run's model for other programs, as small as its pruning allows; without --to, what it would be")
    .addOption(new Option("--to <format>", "what to write").choices(MODEL_FORMATS))
    .option("--out <path>", "the file to write, or the folder for tfjs")
    .option("--force", "replace what is there")
    .option(...KEPT_MODEL)
    .action(async (id, options) => (await import("./exportCommands.ts")).exportRun(id, options));
  addRunOptions(program.command("verify <path>"))
    .description("open an exported file in the program that it is for, and compare its outputs with the run's model")
    .requiredOption("--against <id>", "the run")
    .option("--examples <n>", "how many of the test split (default: 200)", parseWhole)
    .option(...KEPT_MODEL)
    .action(async (path, options) => (await import("./exportCommands.ts")).verifyFile(path, options));
}

function addSteering(program: Command): void {
  const descriptions = {
    pause: "make a run wait, with a checkpoint",
    unpause: "let a paused run go on",
    stop: "end a run, with a checkpoint; whittle resume goes on from it",
  } as const;
  for (const action of ["pause", "unpause", "stop"] as const) {
    addRunOptions(program.command(`${action} <id>`))
      .description(descriptions[action])
      .action(async (id, options) => (await import("./steerCommands.ts")).steerRun(action, id, options));
  }
}

function addEngines(program: Command): void {
  addOutputOptions(program.command("doctor"))
    .description("which engines are usable here, and what to do about those that are not")
    .action(async (options) => (await import("./engineCommands.ts")).diagnoseEngines(options));
  addOutputOptions(program.command("setup"))
    .description("install the native engine for this user; safe to repeat")
    .option("--force", "build it anew even if a working one is there")
    .action(async (options) => (await import("./engineCommands.ts")).setUpNative(options));
}
