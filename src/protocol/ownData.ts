/** Data that a user's own code gives: nobody can tell what is in them without running it. */

/** @param spec the setting `data` */
export const isOwnData = (spec: string): boolean => spec === "custom" || spec === "fit" || spec.startsWith("module:");
