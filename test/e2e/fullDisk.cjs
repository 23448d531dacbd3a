/**
 * Preloaded into a training process (NODE_OPTIONS=--require): a disk with room for WHITTLE_DISK_BYTES. As on a real one,
 * the write that meets the end takes what still fits, and the next one fails with ENOSPC.
 */
const fs = require("node:fs");

if (process.argv[1]?.endsWith("trainer.cjs") && process.argv[2] !== "--check-engine") {
  let left = Number(process.env.WHITTLE_DISK_BYTES);
  const fail = () =>
    Object.assign(new Error("ENOSPC: no space left on device, write"), {
      code: "ENOSPC",
      syscall: "write",
      errno: -28,
    });

  const writeSync = fs.writeSync;
  fs.writeSync = (fd, data, offset = 0, length = data.length - offset, ...rest) => {
    if (left <= 0) throw fail();
    const fitting = Math.min(length, left);
    left -= fitting;
    return writeSync(fd, data, offset, fitting, ...rest);
  };
  const write = fs.write;
  fs.write = (fd, data, offset, length, ...rest) => {
    const done = rest.at(-1);
    if (left <= 0) {
      process.nextTick(done, fail());
      return;
    }
    left -= length;
    write(fd, data, offset, length, ...rest);
  };
}
