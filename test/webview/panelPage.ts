/** A panel as built, in a headless browser: with VS Code's theme variables and its own policy, but without VS Code. */
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import { provideEditor } from "../integration/editorCache.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const dist = join(root, "dist");
const pictures = join(root, "out", "webview");
/** Secure, as a webview is: without that there is no clipboard. */
const ORIGIN = "https://panel.test";

export const THEMES = ["dark", "light", "highContrast"] as const;
export type ThemeName = (typeof THEMES)[number];
/** As a panel of VS Code sees them: the kind on the body, the variables on the document. */
const themes = JSON.parse(readFileSync(join(here, "themes.json"), "utf8")) as Record<
  ThemeName,
  { readonly kind: string; readonly variables: Record<string, string> }
>;

export interface PanelPage {
  readonly page: Page;
  /** As the host would. */
  post(message: unknown): Promise<void>;
  /** What the panel has sent since the last call. */
  sent(): Promise<readonly { readonly type: string; readonly [key: string]: unknown }[]>;
  /** The state that the panel had VS Code keep last. */
  kept(): Promise<unknown>;
  setTheme(name: ThemeName): Promise<void>;
  /** Into out/webview/, for people to look at. */
  shoot(name: string): Promise<void>;
  /** Findings of axe that are serious, as text; none is what tests want. */
  findBarriers(): Promise<readonly string[]>;
}

export async function launchBrowser(): Promise<Browser> {
  const { chromium: executablePath, chromiumEnv } = await provideEditor((line: string) => console.log(line));
  const env = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== undefined));
  return chromium.launch({
    executablePath,
    args: ["--no-sandbox"],
    env: { ...(env as Record<string, string>), ...chromiumEnv },
  });
}

/** Call inside `describe`: one browser for the suite. `open` gives a fresh page, which must end without an error in it. */
export function useBrowser(): (panel: "live" | "compare" | "data", state: unknown) => Promise<PanelPage> {
  let browser: Browser;
  const problems: string[] = [];
  before(async function () {
    // The first time, the browser is installed.
    this.timeout(300_000);
    browser = await launchBrowser();
    await mkdir(pictures, { recursive: true });
  });
  after(() => browser?.close());
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    const found = problems.splice(0);
    if (found.length > 0) {
      throw new Error(`The panel has reported errors:\n${found.join("\n")}`);
    }
  });
  return async (panel, state) => {
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const page = await context.newPage();
    page.on("pageerror", (error) => problems.push(error.stack ?? error.message));
    page.on("console", (message) => {
      if (message.type() === "error") {
        problems.push(message.text());
      }
    });
    await page.route(`${ORIGIN}/**`, async (route) => {
      const file = new URL(route.request().url()).pathname.slice(1);
      await (file === ""
        ? route.fulfill({ contentType: "text/html", body: html(panel, state) })
        : route.fulfill({ path: join(dist, file) }));
    });
    await page.goto(`${ORIGIN}/`);
    return wrap(page);
  };
}

function wrap(page: Page): PanelPage {
  const setTheme = (name: ThemeName): Promise<void> =>
    page.evaluate(({ kind, variables }) => {
      const { style } = document.documentElement;
      style.cssText = "";
      for (const [key, value] of Object.entries(variables)) {
        style.setProperty(key, value);
      }
      document.body.className = kind;
      document.body.dataset["vscodeThemeKind"] = kind;
    }, themes[name]);
  return {
    page,
    post: (message) => page.evaluate((data) => window.postMessage(data, "*"), message),
    sent: () => page.evaluate(() => (window as unknown as { sent: { type: string }[] }).sent.splice(0)),
    kept: () => page.evaluate(() => (window as unknown as { kept: unknown }).kept),
    setTheme,
    async shoot(name) {
      await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
    },
    async findBarriers() {
      const { violations } = await new AxeBuilder({ page }).analyze();
      return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map((node) => node.html.slice(0, 120)).join(" | ")})`);
    },
  };
}

/** The page of `editor/panels/panelHtml.ts`, and the one function that VS Code gives it. */
function html(panel: string, state: unknown): string {
  const policy = `default-src 'none'; img-src ${ORIGIN} data: blob:; style-src ${ORIGIN}; font-src ${ORIGIN}; script-src 'nonce-test'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="stylesheet" href="codicon.css">
<link rel="stylesheet" href="panel.css">
<link rel="stylesheet" href="${panel}.css">
<title>Whittle</title>
</head>
<body data-state="${escapeAttribute(JSON.stringify(state))}" data-texts="{}">
<main id="panel"></main>
<script nonce="test">
window.sent = [];
window.acquireVsCodeApi = () => ({
  postMessage: (message) => window.sent.push(message),
  getState: () => window.kept,
  setState: (state) => { window.kept = state; },
});
</script>
<script nonce="test" src="${panel}.js"></script>
</body>
</html>`;
}

function escapeAttribute(text: string): string {
  return text.replace(/[&"<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Pixels of a canvas in exactly this colour, edges left out. @param color `#rrggbb` */
export function countPixels(canvas: Locator, color: string): Promise<number> {
  return canvas.evaluate((element, hex) => {
    const drawn = element as HTMLCanvasElement;
    const { data } = drawn.getContext("2d")?.getImageData(0, 0, drawn.width, drawn.height) ?? { data: [] };
    const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
    let count = 0;
    for (let at = 0; at < data.length; at += 4) {
      count += data[at] === r && data[at + 1] === g && data[at + 2] === b && data[at + 3] === 255 ? 1 : 0;
    }
    return count;
  }, color);
}
