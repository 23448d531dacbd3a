/** Elements are made anew while the user may be on one of them by keyboard. */
export function keepFocus(container: HTMLElement, rewrite: () => void): void {
  const focusable = (): HTMLElement[] => [...container.querySelectorAll<HTMLElement>("input, button, select")];
  const at = focusable().indexOf(document.activeElement as HTMLElement);
  rewrite();
  if (at !== -1) {
    focusable()[at]?.focus();
  }
}
