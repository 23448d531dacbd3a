/** Making elements. Text goes in as text and never as markup: names come from a user's files. */

export function make<K extends keyof HTMLElementTagNameMap>(tag: K, className = ""): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.className = className;
  return element;
}

export function cell<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  text: string,
  className = "",
): HTMLElementTagNameMap[K] {
  const element = make(tag, className);
  element.textContent = text;
  return element;
}

/** A picture from VS Code's own icon font; what it means has to be said beside it. */
export function icon(name: string): HTMLElement {
  const element = make("span", `codicon codicon-${name}`);
  element.setAttribute("aria-hidden", "true");
  return element;
}

/** A name and its value, for a `dl`. */
export function figure(name: string, value: string): HTMLElement {
  const group = make("div");
  group.append(cell("dt", name), cell("dd", value));
  return group;
}

let headings = 0;

/** A part of the page under its heading; `tools` stand at the heading's end. */
export function section(title: string, tools: readonly HTMLElement[], ...content: readonly HTMLElement[]): HTMLElement {
  const element = make("section");
  const heading = cell("h2", title);
  headings += 1;
  heading.id = `heading-${headings}`;
  element.setAttribute("aria-labelledby", heading.id);
  const line = make("div", "heading");
  line.append(heading, ...tools);
  element.append(line, ...content);
  return element;
}

export function box(className: string, ...content: readonly HTMLElement[]): HTMLElement {
  const element = make("div", className);
  element.append(...content);
  return element;
}

/** With an icon and words; `title` says what it does. */
export function button(name: string, text: string, title: string): HTMLButtonElement {
  const element = make("button");
  element.type = "button";
  element.title = title;
  element.append(icon(name), cell("span", text));
  return element;
}

/** With an icon alone; `label` is its name for the screen reader and the pointer. */
export function iconButton(name: string, label: string): HTMLButtonElement {
  const element = make("button", "icon-button");
  element.type = "button";
  element.title = label;
  element.setAttribute("aria-label", label);
  element.append(icon(name));
  return element;
}

/** One entry of a legend: a stroke in the series' style (a class) and its name. */
export function swatch(series: string, text: string): HTMLElement {
  return cell("span", text, `swatch ${series}`);
}
