/**
 * The bundles of Whittle, all in dist/:
 *   extension.cjs  the extension host's part; the editor API is external, no tensor library inside
 *   parser.cjs     @babel/parser for it: nearly half of its code, which a window without a model file need not compile
 *   trainer.cjs    the training process, with every engine but the native addon, which a per-user cache holds
 *   decodingThread.cjs  what decodes images, in threads of a process that reads data
 *   babel.cjs      jiti's compiler for it: a quarter of its code, needed for a model file that is new or has changed
 *   cli.cjs        the command line
 *   live.js/.css, compare.js/.css, data.js/.css   the panels, for the browser inside a webview
 *   whittle-layers.js   the layers of whittle/layers, to lie beside exported models that have some
 *   addon/         what compiles the native addon where there is no ready-made one: node-gyp, tfjs-node's C++ sources
 * `npx webpack` builds all; `--config-name NAME` one of them; `--mode development` skips minifying.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import CopyPlugin from "copy-webpack-plugin";
import { EsbuildPlugin } from "esbuild-loader";
import webpack from "webpack";
import { BundledPackages } from "./scripts/bundledPackages.mjs";

const root = fileURLToPath(new URL(".", import.meta.url));
const under = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Our sources are ES modules, the bundles are not: what tells a module where it lies must say where the bundle lies. */
const bundleLocation = {
  "import.meta.url": "__bundleUrl",
  "import.meta.dirname": "__dirname",
  "import.meta.filename": "__filename",
};
const bundleUrl = 'const __bundleUrl = require("node:url").pathToFileURL(__filename).href;';

/** What was built by another configuration or with other packages is not reused. */
const cacheVersion = createHash("sha256")
  .update(readFileSync(fileURLToPath(import.meta.url)))
  .update(readFileSync(under("./package-lock.json")))
  .digest("hex");

/** Before the code of what users take along. */
const layersBanner = `/*!
 * Layers of whittle/layers for a model that Whittle has exported; Apache-2.0.
 * In a page, after TensorFlow.js: <script src="whittle-layers.js"></script>
 * In Node, or with a bundler: require("./whittle-layers.js")
 * In an ES module: globalThis.tf = tf; await import("./whittle-layers.js");
 */
`;

/** One bundle. `target` is webpack's; `banner` goes before the code, `copy` lists static files to put beside it. */
function bundle({ name, entry, file, target, mode, externals = {}, library, banner = "", copy = [] }) {
  const forNode = target !== "web";
  return {
    name,
    mode,
    target,
    context: root,
    entry,
    output: {
      path: under("./dist"),
      filename: file,
      ...(forNode ? { library: { type: "commonjs2" } } : {}),
      ...(library === undefined ? {} : { library: { name: library, type: "umd" }, globalObject: "globalThis" }),
    },
    externals,
    externalsPresets: { node: forNode },
    devtool: mode === "production" ? "hidden-source-map" : "source-map",
    // One file each: a chunk that is missing after an update of the extension would break a run that is going on.
    plugins: [
      new webpack.optimize.LimitChunkCountPlugin({ maxChunks: 1 }),
      // node-gyp has one among its commands, which are required by a name made up at run time.
      new webpack.IgnorePlugin({ resourceRegExp: /\.cs$/ }),
      ...(forNode ? [new webpack.BannerPlugin({ raw: true, banner: `${banner}${bundleUrl}` })] : []),
      ...(library === undefined ? [] : [new webpack.BannerPlugin({ raw: true, banner })]),
      ...(copy.length > 0 ? [new CopyPlugin({ patterns: copy })] : []),
      new BundledPackages(root),
    ],
    node: forNode ? { __dirname: false, __filename: false } : false,
    resolve: {
      extensions: [".ts", ".mjs", ".cjs", ".js", ".json"],
      // The tfjs that Node itself would take: tfjs-node is compiled to ES5, whose classes cannot extend the ES2017 ones.
      mainFields: forNode ? ["main", "module"] : ["browser", "module", "main"],
      // `encoding` is an optional part of node-fetch (below tfjs) that nobody installs; WebGL is of browsers.
      // jiti's entry for require: its other one finds its own parts by createRequire.
      alias: {
        encoding: false,
        ...(forNode
          ? { jiti$: under("./node_modules/jiti/lib/jiti.cjs"), "@tensorflow/tfjs-backend-webgl": false }
          : {}),
      },
    },
    module: {
      rules: [
        {
          test: /\.ts$/,
          loader: "esbuild-loader",
          // Where our sources make a `require`, they mean Node's.
          parser: { createRequire: false },
          options: { target: forNode ? "node20" : "es2022", ...(forNode ? { define: bundleLocation } : {}) },
        },
        // jiti falls back to Node's own import(), which must stay one.
        { test: /[\\/]jiti[\\/]lib[\\/]/, parser: { import: false } },
      ],
    },
    optimization: {
      // What users take along they may read.
      minimize: mode === "production" && library === undefined,
      minimizer: [new EsbuildPlugin({ target: forNode ? "node20" : "es2022", keepNames: true })],
    },
    performance: { hints: false },
    cache: {
      type: "filesystem",
      name: `${name}-${mode}`,
      cacheDirectory: under("./node_modules/.cache/webpack"),
      version: cacheVersion,
    },
    stats: "errors-warnings",
  };
}

export default (_env, { mode = "production" }) => [
  bundle({
    name: "extension",
    entry: "./src/extension.ts",
    file: "extension.cjs",
    target: "node20",
    mode,
    externals: { vscode: "commonjs vscode", "@babel/parser": "commonjs ./parser.cjs" },
  }),
  bundle({ name: "parser", entry: "@babel/parser", file: "parser.cjs", target: "node20", mode }),
  bundle({
    name: "trainer",
    entry: "./src/trainer/main.ts",
    file: "trainer.cjs",
    target: "node20",
    mode,
    externals: { "../dist/babel.cjs": "commonjs ./babel.cjs", "@babel/parser": "commonjs ./parser.cjs" },
    copy: [{ from: "*.wasm", context: under("./node_modules/@tensorflow/tfjs-backend-wasm/dist") }],
  }),
  bundle({
    name: "decodingThread",
    entry: "./src/data/images/decodingThread.ts",
    file: "decodingThread.cjs",
    target: "node20",
    mode,
  }),
  bundle({ name: "babel", entry: "./node_modules/jiti/dist/babel.cjs", file: "babel.cjs", target: "node20", mode }),
  bundle({
    name: "cli",
    entry: "./src/cli/main.ts",
    file: "cli.cjs",
    target: "node20",
    mode,
    banner: "#!/usr/bin/env node\n",
  }),
  bundle({
    name: "panels",
    entry: {
      live: "./src/webview/live/live.ts",
      compare: "./src/webview/compare/compare.ts",
      data: "./src/webview/data/data.ts",
    },
    file: "[name].js",
    target: "web",
    mode,
    copy: [
      { from: "**/*.css", to: "[name][ext]", context: under("./src/webview") },
      { from: "codicon.{css,ttf}", context: under("./node_modules/@vscode/codicons/dist") },
    ],
  }),
  bundle({
    name: "layers",
    entry: "./src/models/modelLayers/standalone.ts",
    file: "whittle-layers.js",
    target: "web",
    mode,
    library: "whittleLayers",
    banner: layersBanner,
    externals: {
      "@tensorflow/tfjs": {
        root: "tf",
        ...Object.fromEntries(["amd", "commonjs", "commonjs2"].map((kind) => [kind, "@tensorflow/tfjs"])),
      },
    },
  }),
  bundle({
    name: "addon",
    entry: "./node_modules/node-gyp/bin/node-gyp.js",
    // As deep as in its package: it finds gyp, and its other files, relative to the folder of its code.
    file: "addon/node-gyp/lib/node-gyp.cjs",
    target: "node20",
    mode,
    copy: [
      {
        from: "{gyp/gyp_main.py,gyp/LICENSE,gyp/pylib/**/LICENSE*,gyp/pylib/**/!(*_test).py,gyp/data/**,addon.gypi,src/*.cc,lib/*.cs,LICENSE}",
        to: "addon/node-gyp",
        context: under("./node_modules/node-gyp"),
      },
      {
        from: "{binding/**,binding.gyp}",
        to: "addon/tfjs-node",
        context: under("./node_modules/@tensorflow/tfjs-node"),
      },
    ],
  }),
];
