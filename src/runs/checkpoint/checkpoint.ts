/**
 * Checkpoints: `checkpoints/<seq>.safetensors`, one file each. Everything is synchronous, since the trainer writes them
 * between two steps. A file has its final name only when all of it is on the disk, so a crash leaves the one before.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { errorCode, messageOf, WhittleError } from "../../protocol/errors.ts";
import { explainFsError } from "../files/fsErrors.ts";
import { checkpointsPath, type Run, savedPath } from "../files/layout.ts";
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from "./safetensors.ts";
import { TEMPORARY, writeTensorFile } from "./tensorFile.ts";

export interface Checkpoint {
  /** Number of the last event that it covers. */
  readonly seq: number;
  /** Anything that JSON keeps: loop state, generator states, counters. */
  readonly state: unknown;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

const CHECKPOINT_FORMAT = "1";
const KEPT = 2;

/**
 * Writes and keeps the newest two.
 * @returns the file, relative to the run's folder, with `/`
 * @throws WhittleError naming the file: disk full, folder read-only, …
 */
export function writeCheckpoint(run: Run, checkpoint: Checkpoint): string {
  const folder = checkpointsPath(run);
  const name = writeInto(folder, checkpoint);
  dropOld(folder, checkpoint.seq);
  return `checkpoints/${name}`;
}

/**
 * As `writeCheckpoint`, into the folder of those that stay.
 * @returns the file, relative to the run's folder, with `/`
 */
export function saveCheckpoint(run: Run, checkpoint: Checkpoint): string {
  return `saved/${writeInto(savedPath(run), checkpoint)}`;
}

/** @returns the file's name */
function writeInto(folder: string, checkpoint: Checkpoint): string {
  const name = `${checkpoint.seq}.safetensors`;
  const file = join(folder, name);
  const pieces = encodeCheckpoint(checkpoint);
  try {
    makeFolder(folder);
  } catch (error) {
    throw explainFsError(error, file);
  }
  writeTensorFile(file, pieces);
  return name;
}

/**
 * The newest checkpoint that is whole; undefined if the run has none.
 * @throws WhittleError when there are checkpoints and none can be read: starting over silently would lose the run
 */
export function readLatestCheckpoint(run: Run): Checkpoint | undefined {
  const folder = checkpointsPath(run);
  const problems: string[] = [];
  for (const seq of listSeqs(folder)) {
    const file = join(folder, `${seq}.safetensors`);
    try {
      return decodeCheckpoint(readFileSync(file));
    } catch (error) {
      problems.push(`${file}: ${messageOf(error)}`);
    }
  }
  if (problems.length > 0) {
    throw new WhittleError(`No checkpoint of run ${run.id} can be read: ${problems.join("; ")}.`, {
      remedy: `To train this run from its start, delete ${folder} and resume; or start a new run.`,
    });
  }
  return undefined;
}

/** Of names, shapes and values. */
export function hashTensors(tensors: Checkpoint["tensors"]): string {
  return hashOf("", tensors);
}

function encodeCheckpoint({ seq, state, tensors }: Checkpoint): readonly Uint8Array[] {
  const text = JSON.stringify(state ?? null);
  const sha256 = hashOf(text, tensors);
  return encodeSafetensors({ tensors, metadata: { format: CHECKPOINT_FORMAT, seq: String(seq), state: text, sha256 } });
}

function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const { format, seq, state, sha256 } = metadata;
  if (format !== CHECKPOINT_FORMAT) {
    throw new Error(`format ${format} is not known; a newer Whittle may have written it`);
  }
  if (seq === undefined || state === undefined || hashOf(state, tensors) !== sha256) {
    throw new Error("its checksum is wrong");
  }
  return { seq: Number(seq), state: JSON.parse(state), tensors };
}

/** Finds what the layout cannot: bits that the disk changed. */
function hashOf(state: string, tensors: ReadonlyMap<string, StoredTensor>): string {
  const hash = createHash("sha256").update(state);
  // By name: a JSON header does not keep the order of names that are numbers.
  for (const [name, { shape, values }] of [...tensors].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`\n${JSON.stringify([name, shape])}\n`);
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest("hex");
}

/** Numbers of the checkpoints there are, newest first. */
function listSeqs(folder: string): number[] {
  try {
    return readdirSync(folder)
      .flatMap((name) => /^(\d+)\.safetensors$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => b - a);
  } catch (error) {
    if (errorCode(error) === "ENOENT") {
      return [];
    }
    throw explainFsError(error, folder, "read");
  }
}

/** Keeps `seq` and the newest before it; also clears what a killed writer left behind. */
function dropOld(folder: string, seq: number): void {
  const kept = new Set(
    listSeqs(folder)
      .filter((other) => other <= seq)
      .slice(0, KEPT)
      .map((one) => `${one}.safetensors`),
  );
  try {
    for (const name of readdirSync(folder)) {
      if ((name.endsWith(".safetensors") || name.endsWith(TEMPORARY)) && !kept.has(name)) {
        rmSync(join(folder, name), { force: true });
      }
    }
  } catch (error) {
    throw explainFsError(error, folder, "delete");
  }
}

/** Not recursive: a run folder that somebody deleted ends the run instead of coming back as a piece of one. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") {
      throw error;
    }
  }
}
