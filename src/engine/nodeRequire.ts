import nodeModule from "node:module";

/**
 * Node's own `require`, as seen from `file`. Taken from the default export, since a bundler follows `createRequire` where
 * it is imported by name, and would try to bundle what is only there at run time.
 */
export function requireFrom(file: string): NodeJS.Require {
  return nodeModule.createRequire(file);
}
