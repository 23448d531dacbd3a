/** What is downloaded for the native engine, pinned: versions, addresses, checksums. */

export const TFJS_NODE_VERSION = "4.22.0";
/** The N-API level the addon is built for: loads in every Node from 12.22 on, and in VS Code's runtime. */
export const NAPI_LEVEL = 8;

/** A file to fetch: `sha256` where it can be pinned. */
export interface Archive {
  readonly url: string;
  readonly sha256?: string;
}

/** libtensorflow and, if there is one for this machine, the ready-made addon that belongs to it. */
export interface Prebuilt {
  readonly tensorflow: string;
  readonly library: Archive;
  /** Without one, the addon is compiled. */
  readonly addon?: Archive;
}

export interface Wheel {
  readonly tensorflow: string;
  readonly project: string;
  readonly fileName: string;
  readonly sha256: string;
  readonly bytes: number;
  /** What `pip download` calls this platform. */
  readonly pipPlatform: string;
}

const STORAGE = "https://storage.googleapis.com";

/**
 * The project behind these archives publishes no checksums and none could be computed where this was written, so none is
 * pinned: they travel over TLS, and nothing of them is used before the known-answer check has passed.
 * Addresses as in tfjs-node's own scripts/install.js and `binary` of its package.json.
 */
const PREBUILT: Readonly<Record<string, Prebuilt>> = {
  "linux-x64": {
    tensorflow: "2.9.1",
    library: { url: `${STORAGE}/tensorflow/libtensorflow/libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz` },
    addon: { url: addonUrl("CPU-linux", "tar.gz") },
  },
  "darwin-x64": {
    tensorflow: "2.9.1",
    library: { url: `${STORAGE}/tensorflow/libtensorflow/libtensorflow-cpu-darwin-x86_64-2.9.1.tar.gz` },
    addon: { url: addonUrl("CPU-darwin", "tar.gz") },
  },
  "win32-x64": {
    tensorflow: "2.9.1",
    library: { url: `${STORAGE}/tensorflow/libtensorflow/libtensorflow-cpu-windows-x86_64-2.9.1.zip` },
    addon: { url: addonUrl("CPU-windows", "zip") },
  },
  "darwin-arm64": {
    tensorflow: "2.7.0",
    library: { url: `${STORAGE}/tf-builds/libtensorflow_r2_7_darwin_arm64_cpu.tar.gz` },
  },
  "linux-arm64": {
    tensorflow: "2.7.0",
    library: { url: `${STORAGE}/tf-builds/libtensorflow_r2_7_linux_arm64.tar.gz` },
  },
};

/** Any CPython of that version would do: the wheel is only unzipped. Checksums from PyPI's index. */
const WHEELS: Readonly<Record<string, Wheel>> = {
  "linux-x64": {
    tensorflow: "2.15.1",
    project: "tensorflow-cpu",
    fileName: "tensorflow_cpu-2.15.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    sha256: "54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26",
    bytes: 207208420,
    pipPlatform: "manylinux2014_x86_64",
  },
  "linux-arm64": {
    tensorflow: "2.15.1",
    project: "tensorflow-cpu-aws",
    fileName: "tensorflow_cpu_aws-2.15.1-cp311-cp311-manylinux_2_17_aarch64.manylinux2014_aarch64.whl",
    sha256: "d4c3a3a9363bf42999adedbbd514e3a133be2d62f61fee9cfa46aaefb087c09e",
    bytes: 211874120,
    pipPlatform: "manylinux2014_aarch64",
  },
};

function addonUrl(system: string, ending: string): string {
  return `${STORAGE}/tf-builds/pre-built-binary/napi-v${NAPI_LEVEL}/${TFJS_NODE_VERSION}/${system}-${TFJS_NODE_VERSION}.${ending}`;
}

/** @param system e.g. `linux-x64` */
export function prebuiltFor(system: string): Prebuilt | undefined {
  return PREBUILT[system];
}

/** @param system e.g. `linux-x64` */
export function wheelFor(system: string): Wheel | undefined {
  return WHEELS[system];
}

export function thisSystem(): string {
  return `${process.platform}-${process.arch}`;
}
