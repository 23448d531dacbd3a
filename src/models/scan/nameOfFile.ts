/** What to call a model that its file gives no name: `lenet300.model.ts` → `lenet300`, `big/model.json` → `big`. */
export function nameOfFile(file: string): string {
  const parts = file.split(/[\\/]/);
  const base = (parts.at(-1) ?? "").replace(/(\.model)?\.[^.]+$/, "");
  return base === "model" ? (parts.at(-2) ?? base) : base;
}
