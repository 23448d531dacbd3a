/** Whole models that Keras saved, in files that hold no text. */

export type KerasFileKind = "keras" | "h5";

export function kindOfKerasFile(file: string): KerasFileKind | undefined {
  const [, ending] = /\.(keras|h5|hdf5)$/i.exec(file) ?? [];
  return ending === undefined ? undefined : ending.toLowerCase() === "keras" ? "keras" : "h5";
}
