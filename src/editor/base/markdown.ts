/** Text that comes from files, for Markdown: shown as it is, whatever it holds. No editor in here. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[!-/:-@[-`{-~]/g, "\\$&").replace(/\s+/g, " ");
}
