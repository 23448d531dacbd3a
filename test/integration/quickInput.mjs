/** What a command asks in the quick input, and VS Code's own dialog for files, which is one. */
import { until } from "./until.mjs";

/** Takes the row that begins with this. */
export async function pick(page, text) {
  await page.locator(".quick-input-list .monaco-list-row", { hasText: text }).first().click();
}

/** Ticks all rows of a list in which several can be taken. */
export async function pickAll(page) {
  const widget = page.locator(".quick-input-widget");
  await widget.locator(".quick-input-header .monaco-checkbox").click();
  await widget.getByRole("button", { name: "OK" }).click();
}

/**
 * Answers a dialog that asks where to save.
 * @param offered the place that it must offer
 * @param place where to save
 */
export async function choosePlace(page, offered, place = offered) {
  const input = page.locator(".quick-input-widget input[type=text]");
  await page.waitForFunction(
    (value) => document.querySelector(".quick-input-widget input[type=text]")?.value === value,
    offered,
  );
  await input.fill(place);
  // While the dialog reads the folder it takes no answer.
  await until("the dialog is answered", async () => {
    if (await input.isVisible()) {
      await input.press("Enter", { timeout: 1000 });
    }
    return !(await input.isVisible());
  });
}
