/** The live panel with a recorded run. */
import type { Page } from "playwright-core";
import { livePanelStateSchema } from "../../src/protocol/livePanelState.ts";
import { type PanelPage, type ThemeName, useBrowser } from "./panelPage.ts";
import recorded from "./recorded.json" with { type: "json" };

const { record, events, masks } = recorded;

export interface ShowOptions {
  readonly theme?: ThemeName;
  readonly state?: string;
  /** The recorded events up to and with this number. */
  readonly until?: number;
  readonly width?: number;
  /** As it was kept before a reload. */
  readonly look?: unknown;
}

type Layer = keyof typeof masks;
type Sent = Awaited<ReturnType<PanelPage["sent"]>>[number];
/** `posted` gives all that the panel has sent so far. */
export type Live = PanelPage & { posted(): Promise<readonly Sent[]> };
/** Call inside `describe`. */
export function useLive() {
  const open = useBrowser();

  const openLive = async ({ theme = "dark", width = 900, look }: ShowOptions = {}): Promise<Live> => {
    const panel = await open("live", livePanelStateSchema.parse({ runDir: "/runs/r", look }));
    await panel.page.setViewportSize({ width, height: 1000 });
    await panel.setTheme(theme);
    const heard: Sent[] = [];
    const posted = async (): Promise<readonly Sent[]> => {
      heard.push(...(await panel.sent()));
      return heard;
    };
    return { ...panel, posted };
  };
  /** The panel with the recorded run, masks and all. */
  const showRun = async (options: ShowOptions = {}): Promise<Live> => {
    const { state = "done", until = events.length } = options;
    const panel = await openLive(options);
    await panel.post({ type: "snapshot", name: record.name, record, state, events: events.slice(0, until) });
    await answerMask(panel, "fc1/kernel");
    return panel;
  };
  const answerMask = async (panel: Live, layer: Layer): Promise<void> => {
    await waitFor(panel, (message) => message.type === "mask" && message["layer"] === layer);
    await panel.post({ type: "mask", layer, picture: masks[layer] });
    await panel.page.locator(".caption", { hasText: `of ${masks[layer].rows} units` }).waitFor();
  };
  /** Until the panel has posted such a message. */
  const waitFor = async (panel: Live, fits: (message: Sent) => boolean): Promise<Sent> => {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const found = (await panel.posted()).find(fits);
      if (found !== undefined) {
        return found;
      }
      await panel.page.waitForTimeout(50);
    }
    throw new Error(`The panel has posted ${JSON.stringify(await panel.posted())}`);
  };
  return { openLive, showRun, answerMask, waitFor };
}

/** Pixels of a canvas in the colour that the theme has for the series. */
export function countPixels(page: Page, selector: string, color: string): Promise<number> {
  return page.locator(selector).evaluateAll((canvases, name) => {
    const probe = document.createElement("canvas").getContext("2d");
    if (probe === null) {
      return 0;
    }
    const value = getComputedStyle(document.documentElement).getPropertyValue(`--vscode-${name}`);
    if (value === "") {
      throw new Error(`the theme has no ${name}`);
    }
    probe.fillStyle = value;
    probe.fillRect(0, 0, 1, 1);
    const [r = 0, g = 0, b = 0] = probe.getImageData(0, 0, 1, 1).data;
    let count = 0;
    for (const canvas of canvases as HTMLCanvasElement[]) {
      const data = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      for (let at = 0; at < data.length; at += 4) {
        const distance =
          Math.abs((data[at] ?? 0) - r) + Math.abs((data[at + 1] ?? 0) - g) + Math.abs((data[at + 2] ?? 0) - b);
        count += distance < 12 && (data[at + 3] ?? 0) > 250 ? 1 : 0;
      }
    }
    return count;
  }, color);
}
