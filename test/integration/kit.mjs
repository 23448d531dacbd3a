/**
 * What a scenario acts with. Scenarios lie in scenarios/*.mjs; each has its own editor and workspace, and exports
 *   name               in words, for the report
 *   run(kit)           the steps
 *   settings           (optional) of the editor, beside those of settings.json
 *   isTrusted = false  (optional) the workspace is not trusted; skipped with the desktop edition
 *   hasFolder = false  (optional) the window is empty; the workspace is there, but not open
 *   prepare(workspace) (optional) before the editor starts
 *   isInstalled = true (optional) with the extension installed from the .vsix, not from its folder
 */
import { join } from "node:path";
import { until } from "./until.mjs";
import { MODEL_FILE, readRuns } from "./workspace.mjs";

/**
 * @param parts.workspace folder that the editor opens
 * @param parts.screenshots folder for pictures
 * @param parts.say gets each result when it is there
 * @param parts.start starts an editor on the workspace, see session.mjs
 */
export function createKit({ workspace, screenshots, start, say }) {
  const tests = [];
  let session;

  const step = async (name, act) => {
    if (tests.some((one) => one.error !== undefined)) {
      return;
    }
    try {
      await act();
      tests.push({ name });
      say(`ok      ${name}`);
    } catch (error) {
      // Without its editor, a step fails for a reason of no interest.
      const reason = session?.signal.aborted ? `${session.signal.reason.message}\n` : "";
      tests.push({ name, error: reason + error.stack });
      say(`FAILED  ${name}\n${reason}${error.stack}`);
      await session?.page.screenshot({ path: join(screenshots, "failure.png") }).catch(() => undefined);
    }
  };
  const bridge = async (name, body) => session.bridge(name, body);

  const kit = {
    tests,
    workspace,
    modelFile: join(workspace, MODEL_FILE),
    get page() {
      return session.page;
    },
    /** A test; the first that fails ends the scenario. */
    step,
    until,
    readRuns: () => readRuns(workspace),
    shoot: (name) => session.page.screenshot({ path: join(screenshots, name) }),

    /** The lens whose text holds this. */
    lens: (text) => session.page.locator(".codelens-decoration a", { hasText: text }).first(),
    /** The webview that was opened last. */
    panel: () => session.page.frameLocator("iframe.webview").last().frameLocator("iframe#active-frame"),
    /** The webview that shows this text, however many there are. */
    findPanel: (text) =>
      until(`a panel shows “${text}”`, async () => {
        for (const webview of await session.page.locator("iframe.webview").all()) {
          const frame = webview.contentFrame().frameLocator("iframe#active-frame");
          if ((await frame.locator("body", { hasText: text }).count()) > 0) {
            return frame;
          }
        }
        return undefined;
      }),

    /** Facts of the extension: isActive, declared and registered commands, files that are not saved. */
    facts: () => bridge("facts"),
    /** Shows a file in the editor. */
    open: (file) => bridge("open", { file }),
    /** Types at the beginning of a file. */
    type: (file, text) => bridge("type", { file, text }),
    theme: (name) => bridge("theme", { name }),
    /** Runs a command by its id, as a key binding would. Not waited for: it may ask the user something. */
    startCommand: (id, ...args) => bridge("startCommand", { id, args }),
    /**
     * Calls a function in the extension host with `vscode`, a JSON-safe argument and Node's `require`. It is sent as text,
     * so it sees nothing of the file it stands in.
     * @returns what it returns, as JSON
     */
    inHost: (act, argument = null) => bridge("evaluate", { source: String(act), argument }),
    /**
     * VS Code refuses modal dialogs while extensions are tested, so the answer to the next ones comes from here.
     * @param button null cancels
     */
    answerModals: (button) =>
      kit.inHost((vscode, given) => {
        globalThis.asked = undefined;
        globalThis.messages ??= { ...vscode.window };
        for (const name of ["showWarningMessage", "showInformationMessage"]) {
          const show = globalThis.messages[name];
          vscode.window[name] = async (...question) => {
            if (!question[1]?.modal) {
              return show(...question);
            }
            globalThis.asked = question;
            return given ?? undefined;
          };
        }
      }, button),
    /** What the modal dialog said since then: question, options, buttons. */
    modal: () => until("it asks", () => kit.inHost(() => globalThis.asked ?? false)),
    /** A command by its title in the palette, as a user does it. */
    async runCommand(title) {
      const { page } = session;
      const row = page.locator(`.quick-input-list .monaco-list-row[aria-label^="Whittle: ${title}"]`).first();
      await until(`the palette has ${title}`, async () => {
        // The list is made once, when it opens: a command that becomes available a moment later is not in it.
        await page.keyboard.press("Escape");
        await page.keyboard.press("F1");
        await page.locator(".quick-input-widget input[type=text]").fill(`>Whittle: ${title}`);
        await row.click({ timeout: 5000 });
        return true;
      });
    },
    /** What the page of `Show Environment` says. */
    async readEnvironment() {
      await kit.runCommand("Show Environment");
      return until(
        "the page is open",
        () =>
          kit.inHost((vscode) => {
            const document = vscode.window.activeTextEditor?.document;
            return document?.uri.scheme === "whittle-environment" ? document.getText() : null;
          }),
        120_000,
      );
    },
    async openModel() {
      await until("the extension host answers", () => bridge("facts").then(() => true));
      await bridge("open", { file: kit.modelFile });
      await until("the extension is active", async () => (await bridge("facts")).isActive);
    },
    /** @param reload how: by the page or by a command */
    async reloaded(reload) {
      await until("the extension host is there", () => bridge("facts").then(() => true));
      await session.page.evaluate(() => document.body.setAttribute("data-before-reload", ""));
      await reload();
      await session.page
        .locator("body:not([data-before-reload]) .part.statusbar .statusbar-item")
        .first()
        .waitFor({ timeout: 60_000 });
      await until("the extension host is back", () => bridge("facts").then(() => true));
    },
    reloadPage: () =>
      kit.reloaded(async () => {
        await bridge("leave");
        await session.page.reload();
      }),
    reloadWindow: () => kit.reloaded(() => bridge("reload")),

    /** Starts an editor on the workspace; the first one is there when a scenario begins. */
    async startEditor() {
      session = await start();
    },
    /** Waits until the editor is gone, or makes it go: for scenarios that have broken it. */
    endEditor: () => session.end(),
    /** Process id of the extension host. */
    hostPid: async () => (await bridge("facts")).pid,

    /** The last step of every scenario. */
    async finish() {
      if (session === undefined) {
        return;
      }
      await step("the extension host ends with a verdict, without an unhandled rejection", async () => {
        await session.finish();
      });
    },
    /** Ends an editor whose scenario has failed. */
    async abandon() {
      if (session !== undefined && !session.signal.aborted) {
        // One that does not answer yet may be asked again; one that never will is ended from outside.
        const end = until("the extension host ends", () => bridge("finish").then(() => true), 30_000);
        await end.catch(() => session.end());
        await session.gone();
      }
    },
  };
  return kit;
}
