/** What lies in the objects and classes of a user's file, as functions that can be called. */
import type { BuilderFunction } from "./arguments.ts";

type Class = new (...given: never[]) => object;

export const isFunction = (value: unknown): value is BuilderFunction => typeof value === "function";

export const isClass = (value: unknown): value is Class => isFunction(value) && /^class\b/.test(value.toString());

/** What an object or a class has itself, else what an object has that is made for it; a method with its `this`. */
export function memberOf(owner: unknown, name: string): unknown {
  if ((typeof owner !== "object" && typeof owner !== "function") || owner === null) return undefined;
  const own: unknown = Reflect.get(owner, name);
  if (own === undefined && isClass(owner)) return memberOf(new owner(), name);
  return isFunction(own) ? like(own, (...given) => own.apply(owner, given)) : own;
}

/** Makes an object of the class. */
export const makerOf = (made: Class): BuilderFunction => like(made, (...given) => new made(...given));

/** Its text and parameters stay those of the original. */
function like(original: Class | BuilderFunction, run: BuilderFunction): BuilderFunction {
  run.toString = () => original.toString();
  Object.defineProperty(run, "length", { value: original.length });
  return run;
}
