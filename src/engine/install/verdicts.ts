/**
 * Verdicts of the known-answer check, remembered so that later starts need no process for it. Only good ones: what makes
 * an engine fail may be mended by an update of ours or of the system, and a second at each start is a fair price.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import { errorCode } from "../../protocol/errors.ts";
import { addonPath, engineCacheFolder, type NativeState } from "./cache.ts";
import { checkInProcess } from "./checkProcess.ts";
import { chooseOneDnn, type NativeVerdict, ONE_DNN_VARIABLE } from "./oneDnn.ts";

type Installed = Extract<NativeState, { kind: "installed" }>;

const verdictSchema = z.strictObject({
  usable: z.literal(true),
  versions: z.record(z.string(), z.string()),
  oneDnn: z.boolean(),
  measured: z.strictObject({ on: z.number().optional(), off: z.number().optional() }),
});

/** The remembered verdict for exactly these files on this machine, or a new one. */
export async function nativeVerdict(
  state: Installed,
  options: { readonly fresh?: boolean } = {},
): Promise<NativeVerdict> {
  const file = join(engineCacheFolder(), "verdicts", `${fingerprint(state)}.json`);
  const remembered = options.fresh ? undefined : readVerdict(file);
  if (remembered !== undefined) {
    return remembered;
  }
  // One after the other, since they are timed; whatever a user's environment says, so that they can be remembered.
  const on = await checkInProcess("native", { env: { [ONE_DNN_VARIABLE]: "1" } });
  const verdict = chooseOneDnn(on, await checkInProcess("native", { env: { [ONE_DNN_VARIABLE]: "0" } }));
  if (verdict.usable) {
    remember(file, verdict);
  } else {
    rmSync(file, { force: true });
  }
  return verdict;
}

/** Everything that can change the verdict: the files, Node, the processor. */
function fingerprint(state: Installed): string {
  const files = state.manifest.files.map(({ path }) => {
    const { size, mtimeMs } = statSync(join(state.folder, path));
    return [path, size, mtimeMs];
  });
  const facts = [addonPath(state.folder), files, process.versions.node, process.arch, cpus()[0]?.model];
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 32);
}

function readVerdict(file: string): NativeVerdict | undefined {
  try {
    return verdictSchema.safeParse(JSON.parse(readFileSync(file, "utf8"))).data;
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) !== undefined) {
      return undefined;
    }
    throw error;
  }
}

/** A cache that cannot be written costs a second at every start, nothing else. */
function remember(file: string, verdict: NativeVerdict): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileAtomic.sync(file, JSON.stringify(verdict));
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
  }
}
