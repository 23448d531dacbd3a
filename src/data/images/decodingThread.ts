/** The program of a thread that decodes images: answers one `DecodeTask` after another. */
import { parentPort } from "node:worker_threads";
import { type DecodeTask, decodeAll } from "./decodeTask.ts";

parentPort?.on("message", (task: DecodeTask) => {
  parentPort?.postMessage(decodeAll(task), [task.pixels.buffer]);
});
