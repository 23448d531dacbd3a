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

/** @param hindrance why it cannot be chosen now; shown where the pointer rests, and read out */
export function checkControl(
  label: string,
  isChecked: boolean,
  onChange: (isChecked: boolean) => void,
  { hindrance = "" }: { readonly hindrance?: string } = {},
): HTMLElement {
  const box = make("input");
  box.type = "checkbox";
  const isPossible = hindrance === "";
  box.checked = isChecked && isPossible;
  // Not disabled: the keyboard has to get there to hear why.
  box.setAttribute("aria-disabled", String(!isPossible));
  box.setAttribute("aria-description", hindrance);
  box.addEventListener("change", () => {
    if (isPossible) {
      onChange(box.checked);
    } else {
      box.checked = false;
    }
  });
  const element = make("label", "control");
  element.title = hindrance;
  element.append(box, cell("span", label));
  return element;
}

/** A slider with its name before it and its value behind it. */
export function sliderControl(
  label: string,
  { value, most, step }: { readonly value: number; readonly most: number; readonly step: number },
  onChange: (value: number) => void,
): HTMLElement {
  const slider = make("input");
  slider.type = "range";
  slider.min = "0";
  slider.max = String(most);
  slider.step = String(step);
  slider.value = String(value);
  slider.setAttribute("aria-label", label);
  const output = cell("output", slider.value, "faint");
  slider.addEventListener("input", () => {
    output.textContent = slider.value;
    onChange(slider.valueAsNumber);
  });
  const element = make("label", "control");
  element.append(cell("span", label), slider, output);
  return element;
}

/** @param onChange when a number has been typed and left; what is none is put back */
export function numberControl(label: string, value: number, onChange: (value: number) => void): HTMLElement {
  const input = make("input");
  input.type = "number";
  input.step = "any";
  input.value = String(value);
  input.setAttribute("aria-label", label);
  input.addEventListener("change", () => {
    if (Number.isFinite(input.valueAsNumber)) {
      onChange(input.valueAsNumber);
    } else {
      input.value = String(value);
    }
  });
  const element = make("label", "control");
  element.append(cell("span", label), input);
  return element;
}
