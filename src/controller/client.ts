/** Talking to the training process of a run over its control socket. */
import { connect, type Socket } from "node:net";
import {
  createMessageConnection,
  type MessageConnection,
  SocketMessageReader,
  SocketMessageWriter,
} from "vscode-jsonrpc/node";
import { z } from "zod";
import { APPENDED, CONTROL_PROTOCOL, type ControlRequests, type Hello } from "../protocol/control.ts";
import { errorCode, messageOf, WhittleError } from "../protocol/errors.ts";
import type { Run } from "../runs/files/layout.ts";
import { readLockHolder } from "../runs/lock/lock.ts";
import { withDeadline } from "./deadline.ts";

export interface ControlClient {
  readonly hello: Hello;
  /** @throws WhittleError when the process refuses, ends, does not answer in time, or this client was disposed */
  request(method: Exclude<keyof ControlRequests, "hello">, deadlineMs?: number): Promise<void>;
  /** The run's log has grown; returns how to unsubscribe. */
  onAppended(listener: (seq: number) => void): () => void;
  /** Resolves when the connection ends, whoever ends it. */
  readonly closed: Promise<void>;
  dispose(): void;
}

const REQUEST_DEADLINE_MS = 5_000;
/** The first answer: a training process that is in the middle of a step gives it after that step. */
const HELLO_DEADLINE_MS = 5_000;

const helloSchema = z.object({ protocol: z.int(), runId: z.string(), pid: z.int() });
const appendedSchema = z.object({ seq: z.int() });

/**
 * @returns undefined when no process on this machine trains the run, or it does not listen (yet)
 * @throws WhittleError when it listens and does not answer in time, or speaks another protocol
 */
export async function connectControl(run: Run, deadlineMs = HELLO_DEADLINE_MS): Promise<ControlClient | undefined> {
  const holder = readLockHolder(run);
  if (!holder?.alive || !holder.local) {
    return undefined;
  }
  const socket = await openSocket(holder.control);
  if (socket === undefined) {
    return undefined;
  }
  const who = `The training process ${holder.pid} of run ${run.id}`;
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  const reader = new SocketMessageReader(socket);
  // Requests have deadlines of their own. This timer outlives the reader when a message stays cut in its middle (a process
  // that was killed while it wrote), and would keep our process from ending.
  reader.partialMessageTimeout = 0;
  const connection = createMessageConnection(reader, new SocketMessageWriter(socket));
  const listeners = new Set<(seq: number) => void>();
  connection.onNotification(APPENDED, (news: unknown) => {
    const seq = appendedSchema.safeParse(news).data?.seq;
    if (seq !== undefined) {
      for (const listener of listeners) {
        listener(seq);
      }
    }
  });
  // The socket's close follows, and rejects what is open.
  connection.onError(() => socket.destroy());
  connection.listen();
  const dispose = (): void => {
    listeners.clear();
    socket.destroy();
    connection.dispose();
  };
  const ask = (method: string, ms: number): Promise<unknown> =>
    withDeadline(Promise.race([send(connection, socket, method, who), rejectWhen(closed, who)]), ms, who);
  try {
    return {
      hello: checkHello(await ask("hello", deadlineMs), run, who),
      async request(method, ms = REQUEST_DEADLINE_MS) {
        await ask(method, ms);
      },
      onAppended(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      closed,
      dispose,
    };
  } catch (error) {
    // A process that is just ending still accepts, and closes before it says hello: nobody is there.
    const isGone = socket.closed;
    dispose();
    if (isGone) {
      return undefined;
    }
    throw error;
  }
}

async function openSocket(path: string): Promise<Socket | undefined> {
  const socket = connect(path);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ECONNREFUSED") {
      return undefined;
    }
    throw new WhittleError(`Could not connect to ${path}: ${messageOf(error)}.`, {
      remedy: "Check that the training process is yours; only its own user may steer it.",
      cause: error,
    });
  }
  // After a reset the socket closes by itself; `closed` tells.
  socket.on("error", () => socket.destroy());
  return socket;
}

async function send(connection: MessageConnection, socket: Socket, method: string, who: string): Promise<unknown> {
  try {
    return await connection.sendRequest(method);
  } catch (error) {
    if (socket.readableEnded) {
      throw endedConnection(who);
    }
    throw new WhittleError(`${who} did not ${method}: ${messageOf(error)}`, {
      remedy: "See trainer.log in the run's folder.",
      cause: error,
    });
  }
}

async function rejectWhen(closed: Promise<void>, who: string): Promise<never> {
  await closed;
  throw endedConnection(who);
}

function endedConnection(who: string): WhittleError {
  return new WhittleError(`${who} ended the connection.`, { remedy: "whittle list shows whether it still runs." });
}

function checkHello(answer: unknown, run: Run, who: string): Hello {
  const hello = helloSchema.safeParse(answer).data;
  if (hello === undefined || hello.protocol !== CONTROL_PROTOCOL) {
    throw new WhittleError(`${who} belongs to another version of Whittle (protocol ${hello?.protocol ?? "unknown"}).`, {
      remedy: "Steer it with the version that started it, or let it end.",
    });
  }
  if (hello.runId !== run.id) {
    throw new WhittleError(`The process that answers for run ${run.id} trains run ${hello.runId}.`, {
      remedy: `Try again; if it stays so, end process ${hello.pid}.`,
    });
  }
  return hello;
}
