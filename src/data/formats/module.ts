/** What a function of the user's own gives: `module:FILE` or `module:FILE#EXPORT`. */
import { resolve } from "node:path";
import { readGiven } from "../given/given.ts";
import type { DataFormat } from "./format.ts";

export const module: DataFormat = {
  name: "module",
  takes: "FILE[#EXPORT]",
  async open(rest, { load, ...options }) {
    if (load === undefined) throw new Error("this program runs no code of users");
    const hash = rest.lastIndexOf("#");
    const [file, exportName] = hash < 0 ? [rest, "default"] : [rest.slice(0, hash), rest.slice(hash + 1)];
    return readGiven(`module:${rest}`, await load(resolve(file), exportName), options);
  },
};
