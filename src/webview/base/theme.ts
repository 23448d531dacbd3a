/** Colours of the editor's theme, read when something is drawn. */
export interface Theme {
  readonly text: string;
  readonly faint: string;
  readonly grid: string;
  readonly background: string;
  readonly sparsity: string;
  readonly metric: string;
  /** Of training. */
  readonly loss: string;
  /** Yes and no, as in "this threshold was accepted". */
  readonly good: string;
  readonly bad: string;
  /** Of the box beside the pointer. */
  readonly hoverText: string;
  readonly hoverBackground: string;
  readonly hoverBorder: string;
  readonly font: string;
  /** Pixels */
  readonly fontSize: number;
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
    loss: read("charts-purple"),
    good: read("charts-green"),
    bad: read("charts-red"),
    hoverText: read("editorHoverWidget-foreground", "foreground"),
    hoverBackground: read("editorHoverWidget-background", "editor-background"),
    hoverBorder: read("contrastBorder", "editorHoverWidget-border", "widget-border"),
    font: read("font-family"),
    fontSize: Number.parseFloat(read("font-size")) || 13,
  };
}

/** VS Code changes the variables and then the body's class. */
export function onThemeChange(listener: () => void): void {
  const observer = new MutationObserver(listener);
  observer.observe(document.body, { attributes: true, attributeFilter: ["class", "data-vscode-theme-id"] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style"] });
}
