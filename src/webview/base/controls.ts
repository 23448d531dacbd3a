/** Choices beside a chart. */
import { cell, make } from "./elements.ts";

/** A drop-down with its name before it. */
export function selectControl<T extends string>(
  label: string,
  choices: readonly (readonly [value: T, text: string])[],
  value: T,
  onChange: (value: T) => void,
): HTMLElement {
  const select = make("select");
  select.setAttribute("aria-label", label);
  for (const [each, text] of choices) {
    const option = cell("option", text);
    option.value = each;
    option.selected = each === value;
    select.append(option);
  }
  select.addEventListener("change", () => {
    const chosen = choices.find(([each]) => each === select.value);
    if (chosen !== undefined) {
      onChange(chosen[0]);
    }
  });
  const element = make("label", "control");
  element.append(cell("span", label), select);
  return element;
}

export function checkControl(label: string, isChecked: boolean, onChange: (isChecked: boolean) => void): HTMLElement {
  const box = make("input");
  box.type = "checkbox";
  box.checked = isChecked;
  box.addEventListener("change", () => onChange(box.checked));
  const element = make("label", "control");
  element.append(box, cell("span", label));
  return element;
}
