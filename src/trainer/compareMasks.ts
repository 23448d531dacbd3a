/** Whether exported masks are those of the run, as NumPy reads them where it is installed. */
import { readPlain } from "../data/files.ts";
import { readNpz } from "../data/formats/npz.ts";
import type { Masks } from "../export/format.ts";
import { findPython, readArrays } from "../export/readers/python.ts";
import { messageOf, WhittleError } from "../protocol/errors.ts";

const SCRIPT = `
import numpy
with numpy.load(sys.argv[1], allow_pickle=False) as file:
    arrays = {name: file[name] for name in file.files}
`;

interface Compared {
  /** What opened the file, with its version. */
  readonly reader: string;
  /** The part of them that is not as in the run. */
  readonly difference: number;
}

/** @throws WhittleError where the file is damaged, or of another run */
export async function compareMasks(file: string, masks: Masks): Promise<Compared> {
  const { reader, found } = await readMasks(file);
  let [all, different] = [0, 0];
  for (const [name, mask] of masks) {
    const { values } = found.get(name) ?? {};
    if (values?.length !== mask.length) throw otherRun(`${file} has no ${name} of ${mask.length} weights`);
    all += mask.length;
    for (const [at, kept] of mask.entries()) different += Number(values[at] !== kept);
  }
  const extra = [...found.keys()].find((name) => !masks.has(name));
  if (extra !== undefined) throw otherRun(`the network has no ${extra}, which is in ${file}`);
  return { reader, difference: all === 0 ? 0 : different / all };
}

async function readMasks(file: string) {
  const python = await findPython("numpy");
  if (python === undefined) return { reader: "Whittle", found: readNpz(readPlain(file), file) };
  try {
    return { reader: `NumPy ${python.version}`, found: await readArrays(python.program, SCRIPT, file) };
  } catch (error) {
    throw new WhittleError(`NumPy cannot open ${file}: ${messageOf(error)}`, {
      remedy: "Export the run again.",
      cause: error,
    });
  }
}

function otherRun(how: string): WhittleError {
  return new WhittleError(`These masks are not of this run: ${how}.`, {
    remedy: "Name the run that they were exported from, or export them again.",
  });
}
