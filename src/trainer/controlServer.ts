/** The training process's side of the control socket: requests come in, news of the log go out. */
import { chmodSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import {
  createMessageConnection,
  type MessageConnection,
  SocketMessageReader,
  SocketMessageWriter,
} from "vscode-jsonrpc/node";
import { APPENDED, type Appended, type Hello } from "../protocol/control.ts";
import { explainFsError } from "../runs/files/fsErrors.ts";
import type { Run } from "../runs/files/layout.ts";
import { controlPath } from "../runs/lock/lock.ts";

const STEERING = ["pause", "unpause", "stop", "pruneNow", "save"] as const;

/** Each returns, or resolves, when the request is accepted; what it throws goes back to the asker. */
export type ControlHandlers = Readonly<Record<(typeof STEERING)[number], () => void | Promise<void>>>;

export interface ControlServer {
  /** Tells every client that the log ends with `seq`: at once, then at most ten times a second, the last one always. */
  notifyAppended(seq: number): void;
  /** Sends what is still to be told, then ends all connections. */
  close(): Promise<void>;
}

const NOTICE_MS = 100;
/** Bytes that a client may leave unread before it gets no more notices, so that one that hangs costs no memory. */
const MOST_UNREAD = 64 * 1024;

/**
 * The caller must hold the run's lock: a socket that is there already is then the rest of a dead process.
 * @throws WhittleError when the socket cannot be made
 */
export async function serveControl(run: Run, handlers: ControlHandlers, hello: Hello): Promise<ControlServer> {
  const path = controlPath(run);
  const clients = new Map<Socket, MessageConnection>();
  const server = createServer((socket) => {
    const connection = answer(socket, handlers, hello);
    clients.set(socket, connection);
    socket.on("close", () => {
      clients.delete(socket);
      connection.dispose();
    });
  });
  await listen(server, path);
  let sending: Promise<unknown> = Promise.resolve();
  const notices = foldNotices((seq) => {
    const news: Appended = { seq };
    const sends: Promise<void>[] = [];
    for (const [socket, connection] of clients) {
      if (socket.writableLength < MOST_UNREAD) {
        // A client that has gone is taken off by its socket's close.
        sends.push(sendNews(connection, news).catch(() => void socket.destroy()));
      }
    }
    sending = Promise.all([sending, ...sends]);
  });
  return {
    notifyAppended: notices.add,
    async close() {
      notices.flush();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // Messages reach the socket a moment after they were sent; a client that hangs is not waited for.
      await Promise.race([sending, new Promise((resolve) => setTimeout(resolve, NOTICE_MS).unref())]);
      for (const socket of clients.keys()) {
        // destroySoon sends what is waiting and does not wait for the other end, which may hang.
        socket.destroySoon();
      }
      setTimeout(() => {
        for (const socket of clients.keys()) {
          socket.destroy();
        }
      }, NOTICE_MS).unref();
      await closed;
    },
  };
}

/** Async, so that what sendNotification throws at once, for a client that has just gone, is a rejection as well. */
async function sendNews(connection: MessageConnection, news: Appended): Promise<void> {
  await connection.sendNotification(APPENDED, news);
}

function answer(socket: Socket, handlers: ControlHandlers, hello: Hello): MessageConnection {
  const connection = createMessageConnection(new SocketMessageReader(socket), new SocketMessageWriter(socket));
  connection.onRequest("hello", () => hello);
  for (const method of STEERING) {
    connection.onRequest(method, async () => {
      await handlers[method]();
      return null;
    });
  }
  // A client may vanish at any moment; that must not end the run.
  connection.onError(() => socket.destroy());
  socket.on("error", () => socket.destroy());
  connection.listen();
  return connection;
}

async function listen(server: Server, path: string): Promise<void> {
  const isFile = process.platform !== "win32";
  try {
    if (isFile) {
      rmSync(path, { force: true });
    }
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(path, resolve);
    });
    if (isFile) {
      chmodSync(path, 0o600);
    }
  } catch (error) {
    server.close();
    throw explainFsError(error, path);
  }
}

/** Passes on the first number at once, then the latest one every `NOTICE_MS` as long as there are new ones. */
function foldNotices(send: (seq: number) => void): { add(seq: number): void; flush(): void } {
  let waiting: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting !== undefined) {
      const seq = waiting;
      waiting = undefined;
      timer = setTimeout(flush, NOTICE_MS).unref();
      send(seq);
    }
  };
  return {
    add(seq) {
      waiting = seq;
      if (timer === undefined) {
        flush();
      }
    },
    flush,
  };
}
