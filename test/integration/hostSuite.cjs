/**
 * Runs inside the extension host. It checks what only the host can see, and answers the scenario, which acts on the
 * interface from outside, over a local port. Its verdict file is its last act: no verdict is a failure.
 */
const { createServer } = require("node:http");
const { appendFileSync, writeFileSync } = require("node:fs");
const vscode = require("vscode");

const port = Number(process.env.WHITTLE_BRIDGE_PORT);
const verdictFile = process.env.WHITTLE_HOST_VERDICT;
const EXTENSION = "whittle.whittle";

// In a file, since a host that is reloaded or killed takes with it what it remembers.
process.on("unhandledRejection", (reason) => {
  appendFileSync(process.env.WHITTLE_HOST_REJECTIONS, `${reason?.stack ?? reason}\n`);
});

const actions = {
  async open({ file }) {
    await vscode.window.showTextDocument(vscode.Uri.file(file));
    await vscode.commands.executeCommand("workbench.action.closeSidebar");
  },
  async theme({ name }) {
    await vscode.workspace.getConfiguration("workbench").update("colorTheme", name, vscode.ConfigurationTarget.Global);
  },
  async type({ file, text }) {
    const editor = await vscode.window.showTextDocument(vscode.Uri.file(file), vscode.ViewColumn.One);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), text));
  },
  async reload() {
    // Not waited for: this host ends with it, and has to answer first.
    setTimeout(() => vscode.commands.executeCommand("workbench.action.reloadWindow"), 100);
  },
  async leave() {
    // The page is about to be reloaded. Nothing to do before the answer.
  },
  async startCommand({ id, args }) {
    // Not waited for: it may ask the user something.
    vscode.commands.executeCommand(id, ...args);
  },
  async evaluate({ source, argument }) {
    return new Function(`return (${source})`)()(vscode, argument, require);
  },
  async facts() {
    const extension = vscode.extensions.getExtension(EXTENSION);
    const commands = await vscode.commands.getCommands(true);
    // VS Code adds its own for each view: focus, open, resetViewLocation …
    const views = Object.values(extension?.packageJSON.contributes.views ?? {}).flatMap((list) =>
      list.map(({ id }) => id),
    );
    const isOfView = (id) => views.some((view) => id.startsWith(`${view}.`));
    return {
      isActive: extension?.isActive ?? false,
      declared: extension?.packageJSON.contributes.commands.map((one) => one.command) ?? [],
      registered: commands.filter((id) => id.startsWith("whittle.") && !isOfView(id)),
      dirty: vscode.workspace.textDocuments.filter((document) => document.isDirty).map((document) => document.fileName),
      version: vscode.version,
      node: process.versions.node,
      pid: process.pid,
    };
  },
};

exports.run = () =>
  new Promise((resolve, reject) => {
    const server = createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) {
        chunks.push(chunk);
      }
      const name = request.url.slice(1);
      if (name === "finish") {
        response.end("{}");
        server.close();
        writeFileSync(verdictFile, JSON.stringify({ finished: true }));
        resolve();
        return;
      }
      try {
        const answer = await actions[name](JSON.parse(Buffer.concat(chunks).toString() || "{}"));
        response.end(JSON.stringify(answer ?? null), () => {
          if (name === "leave" || name === "reload") {
            // This host may live on for a minute without a window: the port is the next one's.
            server.close();
            server.closeAllConnections();
          }
        });
      } catch (error) {
        response.statusCode = 500;
        response.end(String(error.stack));
      }
    });
    const listen = () => server.listen(port, "127.0.0.1");
    server.on("error", (error) => {
      // The host before this one may still hold the port, if it was not told to leave.
      if (error.code === "EADDRINUSE") {
        setTimeout(listen, 200);
      } else {
        reject(error);
      }
    });
    listen();
  });
