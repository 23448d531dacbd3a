/** Colours of the editor's theme, read when something is drawn. */
export interface Theme {
  readonly text: string;
  readonly faint: string;
  readonly grid: string;
  readonly background: string;
  readonly sparsity: string;
  readonly metric: string;
  readonly font: string;
}

export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const read = (...names: readonly string[]): string => {
    for (const name of names) {
      const value = style.getPropertyValue(`--vscode-${name}`).trim();
      if (value !== "") {
        return value;
      }
    }
    return style.color;
  };
  return {
    text: read("foreground", "editor-foreground"),
    faint: read("descriptionForeground", "foreground"),
    // High contrast themes have a border for everything; the others draw their rules faintly.
    grid: read("contrastBorder", "editorWidget-border", "panel-border"),
    background: read("editor-background"),
    sparsity: read("charts-blue"),
    metric: read("charts-yellow"),
    font: read("font-family"),
  };
}

/** VS Code changes the variables and then the body's class. */
export function onThemeChange(listener: () => void): void {
  const observer = new MutationObserver(listener);
  observer.observe(document.body, { attributes: true, attributeFilter: ["class", "data-vscode-theme-id"] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style"] });
}
