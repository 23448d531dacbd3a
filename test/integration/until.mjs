/** Waits for what comes in its own time. */
import { setTimeout as sleep } from "node:timers/promises";

/** @param test is called until it returns something true, which is returned; what it throws counts as not yet */
export async function until(what, test, limit = 60_000) {
  const end = Date.now() + limit;
  let last;
  while (Date.now() < end) {
    try {
      const value = await test();
      if (value) {
        return value;
      }
      last = undefined;
    } catch (error) {
      last = error;
    }
    await sleep(200);
  }
  throw new Error(`Waited ${limit / 1000} s in vain until ${what}${last === undefined ? "" : `: ${last.message}`}.`);
}
