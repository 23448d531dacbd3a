/** A button that opens a menu, as VS Code's own: arrow keys, Escape, and gone when the focus goes elsewhere. */
import { cell, iconButton, make } from "./elements.ts";

export interface MenuItem {
  readonly label: string;
  run(): void;
}

export function menuButton(iconName: string, label: string, items: readonly MenuItem[]): readonly HTMLElement[] {
  const opener = iconButton(iconName, label);
  opener.setAttribute("aria-haspopup", "menu");
  opener.setAttribute("aria-expanded", "false");
  const menu = make("div", "menu");
  menu.popover = "auto";
  menu.setAttribute("role", "menu");
  menu.setAttribute("aria-label", label);
  const entries = items.map(({ label: text, run }) => {
    const entry = cell("button", text);
    entry.type = "button";
    entry.tabIndex = -1;
    entry.setAttribute("role", "menuitem");
    entry.addEventListener("click", () => {
      close();
      run();
    });
    return entry;
  });
  menu.append(...entries);
  const close = (): void => {
    menu.hidePopover();
    opener.focus();
  };
  const goTo = (index: number): void => entries.at(index % entries.length)?.focus();
  opener.addEventListener("click", () => {
    menu.showPopover();
    place(menu, opener);
    goTo(0);
  });
  menu.addEventListener("toggle", (event) => {
    opener.setAttribute("aria-expanded", String(event.newState === "open"));
  });
  menu.addEventListener("keydown", (event) => {
    const at = entries.findIndex((entry) => entry.matches(":focus"));
    const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (target !== undefined) {
      event.preventDefault();
      goTo(target);
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      close();
    }
  });
  return [opener, menu];
}

/** Below the button, its right edges together; above it where there is no room below. */
function place(menu: HTMLElement, opener: HTMLElement): void {
  const { bottom, top, right } = opener.getBoundingClientRect();
  const { height, width } = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(0, right - width)}px`;
  menu.style.top = `${bottom + height > window.innerHeight ? Math.max(0, top - height) : bottom}px`;
}
