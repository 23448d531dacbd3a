/** The channel to whoever started this process to ask it something. */

export function sayToAsker<Message extends object>(message: Message): Promise<void> {
  return new Promise((resolve, reject) => {
    if (process.send === undefined) throw new Error("there is no channel to answer on");
    process.send(message, undefined, {}, (error) => (error === null ? resolve() : reject(error)));
  });
}

/** Nobody waits for this process when its asker is gone. */
export function endWithAsker(code: number): void {
  process.once("disconnect", () => process.exit(code));
}
