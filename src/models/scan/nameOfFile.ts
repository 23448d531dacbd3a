/** What to call a model that its file gives no name: `lenet300.model.ts` → `lenet300`, `big/model.json` → `big`. */
export function nameOfFile(file: string): string {
  const parts = file.split(/[\\/]/);
  const base = stemOf(parts.at(-1) ?? "");
  return base === "model" ? (parts.at(-2) ?? base) : base;
}

/** Without its ending: `nets/lenet300.model.ts` → `nets/lenet300`. */
export function stemOf(file: string): string {
  return file.replace(/(\.model)?\.[^.]+$/, "");
}
