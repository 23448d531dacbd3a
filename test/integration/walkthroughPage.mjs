/** The page of the walkthrough in the editor. */
import { setTimeout as sleep } from "node:timers/promises";

/** The page gives an opened step the focus only after its animation; a question asked before is closed by that. */
const FOCUS_MS = 500;
const STEP = ".gettingStartedContainer .getting-started-step";

export function createWalkthrough(kit) {
  const { page, until } = kit;
  const step = (index) => page.locator(STEP).nth(index);
  return {
    step,
    titles: () => page.locator(`${STEP} .step-title`).allTextContents(),
    /** Indices of the steps that have their tick. */
    async done() {
      const ticks = await page
        .locator(STEP)
        .evaluateAll((steps) => steps.map((one) => one.querySelector(".complete") !== null));
      return ticks.flatMap((isDone, index) => (isDone ? [index] : []));
    },
    async open(index) {
      const isOpen = async () => (await step(index).getAttribute("class")).includes("expanded");
      if (!(await isOpen())) {
        await step(index).click();
        await until(`step ${index} is open`, isOpen);
        await sleep(FOCUS_MS);
      }
    },
    button: (index, text) => step(index).locator(".monaco-button", { hasText: text }),
    link: (index, text) => step(index).locator("a", { hasText: text }).first(),
    /** Comes back to it; its tab alone may show VS Code's own page. */
    async show() {
      await kit.runCommand("Open Walkthrough");
      await step(0).waitFor();
      await sleep(FOCUS_MS);
    },
    /** Whether the picture is there, and knows every colour that it asks the theme for. */
    async hasColors() {
      const frame = page.locator("iframe.webview").last().contentFrame().frameLocator("iframe#active-frame");
      const painted = await frame
        .locator("svg")
        .evaluate((svg) =>
          [svg, ...svg.querySelectorAll("*")].flatMap((shape) =>
            ["fill", "stroke"]
              .filter((name) => shape.getAttribute(name)?.startsWith("var("))
              .map((name) => getComputedStyle(shape)[name]),
          ),
        );
      return painted.length > 0 && painted.every((color) => /^rgb/.test(color));
    },
  };
}
