/**
 * When what was to be seen. Noted inside the browser, as it changes: a look from outside would come late, and one at every
 * frame would be a load of its own. All times are milliseconds since 1970, one clock for browser, extension host and training process.
 */

/** Notes, in every panel that opens from now on, when its title and its training loss change. */
export async function watchPanels(page) {
  await page.addInitScript(noteChanges);
}

/**
 * @param fits of what a panel shows: `title`, the `id` of its run, `loss` ("" or "–" before there is one)
 * @returns {Promise<number | undefined>} when a panel showed it first; undefined if none does yet
 */
export async function seenAt(page, fits) {
  for (const frame of page.frames()) {
    // A frame that goes away meanwhile has nothing to say.
    const changes = await frame.evaluate(() => globalThis.panelChanges ?? []).catch(() => []);
    const first = changes.find((change) => change.at !== undefined && fits(change));
    if (first !== undefined) {
      return first.at;
    }
  }
  return undefined;
}

/** Notes when the pointer is next released in the workbench: that is the click. */
export async function awaitClick(page) {
  await page.evaluate(() => {
    globalThis.clickedAt = undefined;
    addEventListener("pointerup", () => (globalThis.clickedAt ??= Date.now()), { capture: true, once: true });
  });
}

export async function clickedAt(page) {
  return page.evaluate(() => globalThis.clickedAt);
}

/**
 * @param count of elements in the workbench
 * @returns {Promise<{ at: Promise<number> }>} wrapped, so that it is in place before what it waits for is begun
 */
export async function watchElements(page, selector, count) {
  await page.evaluate(
    ([wanted, least]) => {
      globalThis.elementsAt = new Promise((resolve) => {
        const observer = new MutationObserver(() => {
          if (document.querySelectorAll(wanted).length >= least) {
            observer.disconnect();
            requestAnimationFrame(() => resolve(Date.now()));
          }
        });
        observer.observe(document.body, { childList: true, subtree: true });
      });
    },
    [selector, count],
  );
  return { at: page.evaluate(() => globalThis.elementsAt) };
}

/** Runs in each frame, before its own scripts. */
function noteChanges() {
  // VS Code puts a panel's page into a frame of a frame, and writes it anew when it is there: the outer frame stays.
  if (!location.pathname.includes("/webview/") && location.protocol !== "vscode-webview:") {
    return;
  }
  const changes = [];
  globalThis.panelChanges = changes;
  const look = (panel) => {
    const heading = panel.querySelector("h1");
    const title = heading?.textContent ?? "";
    const terms = [...panel.querySelectorAll("dl.figures dt")];
    const loss = terms.find((one) => one.textContent === "Training loss")?.nextElementSibling?.textContent ?? "";
    const last = changes.at(-1);
    // The first changes are all that is asked for.
    if (title !== "" && changes.length < 4 && (last?.title !== title || last.loss !== loss)) {
      const change = { title, id: heading.title, loss };
      changes.push(change);
      // The frame that shows it is drawn before the next one begins.
      requestAnimationFrame(() => {
        change.at = Date.now();
      });
    }
  };
  const waiting = setInterval(() => {
    const panel = document.querySelector("iframe#active-frame")?.contentDocument;
    if (panel?.body) {
      clearInterval(waiting);
      new MutationObserver(() => look(panel)).observe(panel.body, {
        childList: true,
        subtree: true,
        characterData: true,
      });
      look(panel);
    }
  }, 5);
}
