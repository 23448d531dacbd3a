/** Driving the built command line as a user would. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const CLI = resolve(import.meta.dirname, "../../dist/cli.cjs");
export const FIXTURES = resolve(import.meta.dirname, "../fixtures");
export const EXAMPLES = resolve(import.meta.dirname, "../../examples");
export const TINY = join(FIXTURES, "tiny.model.ts");

/** An epoch of dense training, and that is all. */
export const ONE_DENSE_EPOCH = ["--set", "epochs=1", "--set", "pruning.maxEpochs=0"];

/** Whole units go, to 60 % of the weights, whatever that costs. */
export const BY_UNITS = [
  "pruning.granularity=unit",
  "pruning.schedule=cubic",
  "pruning.targetSparsity=0.6",
  "pruning.interval=1",
  "pruning.bound.maxDrop=100",
].flatMap((setting) => ["--set", setting]);

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Outcome>;
}

/** Without a terminal and without input. */
export function startWhittle(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1", ...env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Outcome>((done, reject) => {
    child.once("error", reject);
    child.once("close", (code) => done({ code, stdout, stderr }));
  });
  return { child, ended };
}

export function whittle(args: readonly string[], cwd: string, env?: NodeJS.ProcessEnv): Promise<Outcome> {
  return startWhittle(args, cwd, env).ended;
}

/** Runs with --json and parses the one document that standard output must hold. */
export async function whittleJson(
  args: readonly string[],
  cwd: string,
  expectedCode = 0,
): Promise<Record<string, unknown>> {
  const outcome = await whittle([...args, "--json"], cwd);
  assert.equal(outcome.code, expectedCode, `${args.join(" ")}\n${outcome.stdout}\n${outcome.stderr}`);
  return JSON.parse(outcome.stdout) as Record<string, unknown>;
}

export interface Scratch {
  readonly dir: string;
  /** Ids of the runs in the default runs folder. */
  runIds(): string[];
  runDir(id: string): string;
  remove(): void;
}

export function createScratch(): Scratch {
  const dir = mkdtempSync(join(tmpdir(), "whittle-e2e-"));
  const runs = join(dir, ".whittle", "runs");
  return {
    dir,
    runIds() {
      try {
        return readdirSync(runs).sort();
      } catch {
        return [];
      }
    },
    runDir: (id) => join(runs, id),
    remove: () => rmSync(dir, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/**
 * Call inside `describe`: a folder that is there when its tests begin, and goes after them.
 * @param prepare puts into it what they need
 */
export function useScratch(prepare: (dir: string) => void = () => undefined): Scratch {
  let made: Scratch | undefined;
  before(() => {
    made = createScratch();
    prepare(made.dir);
  });
  after(() => made?.remove());
  const own = (): Scratch => made ?? assert.fail("the folder is there from `before` on");
  return {
    get dir() {
      return own().dir;
    },
    runIds: () => own().runIds(),
    runDir: (id) => own().runDir(id),
    remove: () => own().remove(),
  };
}

/** @throws when `condition` does not hold within `ms` */
export async function waitFor(what: string, condition: () => boolean, ms = 30_000): Promise<void> {
  const end = Date.now() + ms;
  while (!condition()) {
    assert.ok(Date.now() < end, `waited in vain until ${what}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** Whether there is such a process. */
export function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
