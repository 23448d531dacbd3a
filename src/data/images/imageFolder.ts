/** Folders of images: `DIR/CLASS/…`, or `DIR/train/CLASS/…` with `validation` and `test` beside it. Names beginning with a dot are not seen. */
import { type Dirent, readdirSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";
import { fail, findFolder, refuseFile } from "../files.ts";

const SPLITS = { validation: ["validation", "val", "valid"], test: ["test"] } as const;
const IMAGE = /\.(png|jpe?g)$/i;
/** Images as well, but none that can be read; what else lies there is no image. */
const OTHER_IMAGE = /\.(gif|bmp|webp|tiff?|avif|heic|ppm|pgm|svg)$/i;
const LAYOUT_REMEDY =
  "Give a folder with one sub-folder of PNG or JPEG images for each class, or with train, validation and test, each of which has those.";

export interface ImageFile {
  readonly path: string;
  /** Place of its class's folder in the order of names. */
  readonly id: number;
}

export interface ImageFolder {
  /** Sorted. */
  readonly classes: readonly string[];
  /** By class, then by name. */
  readonly train: readonly ImageFile[];
  readonly validation?: readonly ImageFile[];
  readonly test?: readonly ImageFile[];
}

/** @throws WhittleError that names the folder or file that is not as it should be, or that lies elsewhere by a link */
export function listImages(directory: string): ImageFolder {
  const root = realpathSync(findFolder(directory, "images", LAYOUT_REMEDY));
  const { train, validation, test } = findSplits(root);
  const classes = foldersIn(root, train);
  if (classes.length === 0) fail(`${train} has no folders of classes.`, LAYOUT_REMEDY);
  return {
    classes,
    train: listSplit(root, train, classes),
    ...(validation === undefined ? {} : { validation: listSplit(root, validation, classes) }),
    ...(test === undefined ? {} : { test: listSplit(root, test, classes) }),
  };
}

/** Folders of splits; a class may be called `train` as well, where it has images and no folders. */
function findSplits(root: string): { readonly train: string; readonly validation?: string; readonly test?: string } {
  const folders = foldersIn(root, root);
  const train = join(root, "train");
  if (!folders.includes("train") || foldersIn(root, train).length === 0) return { train: root };
  const found: { validation?: string; test?: string } = {};
  for (const name of folders.filter((each) => each !== "train")) {
    const split = (["validation", "test"] as const).find((each) => SPLITS[each].some((alias) => alias === name));
    if (split === undefined) fail(`${join(root, name)} lies beside ${train}, but is no split.`, LAYOUT_REMEDY);
    if (found[split] !== undefined) {
      fail(`${found[split]} and ${join(root, name)} are the same split.`, "Leave one of them.");
    }
    found[split] = join(root, name);
  }
  return { train, ...found };
}

function listSplit(root: string, folder: string, classes: readonly string[]): readonly ImageFile[] {
  const loose = entriesOf(root, folder).find(({ name, isFolder }) => !isFolder && IMAGE.test(name));
  if (loose !== undefined) fail(`${join(folder, loose.name)} lies beside the folders of classes.`, LAYOUT_REMEDY);
  const own = foldersIn(root, folder);
  const unknown = own.find((name) => !classes.includes(name));
  if (unknown !== undefined) {
    fail(`${join(folder, unknown)} is a class without training images.`, "Give the splits the same classes.");
  }
  const images = classes.flatMap((name, id) => {
    const paths = own.includes(name) ? imagesIn(root, join(folder, name)) : [];
    return paths.map((path) => ({ path, id }));
  });
  if (images.length === 0) fail(`${folder} has no images.`, LAYOUT_REMEDY);
  return images;
}

function imagesIn(root: string, folder: string): readonly string[] {
  return entriesOf(root, folder).flatMap(({ name, isFolder }) => {
    const path = join(folder, name);
    if (isFolder) fail(`${path} is a folder within that of a class.`, LAYOUT_REMEDY);
    if (OTHER_IMAGE.test(name)) fail(`${path} is neither PNG nor JPEG.`, "Convert it, or take it out of the folder.");
    return IMAGE.test(name) ? [path] : [];
  });
}

const foldersIn = (root: string, folder: string): readonly string[] =>
  entriesOf(root, folder).flatMap(({ name, isFolder }) => (isFolder ? [name] : []));

/** Files and folders in the order of their names, links as what they lead to within `root`. */
function entriesOf(root: string, folder: string): readonly { readonly name: string; readonly isFolder: boolean }[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    refuseFile(folder, error);
  }
  return entries
    .filter(({ name }) => !name.startsWith("."))
    .map((entry) => {
      const target = entry.isSymbolicLink() ? statSync(follow(root, join(folder, entry.name))) : entry;
      return { name: entry.name, isFolder: target.isDirectory(), isFile: target.isFile() };
    })
    .filter(({ isFolder, isFile }) => isFolder || isFile)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function follow(root: string, link: string): string {
  let target: string;
  try {
    target = realpathSync(link);
  } catch (error) {
    refuseFile(link, error);
  }
  const way = relative(root, target);
  if (way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way)) {
    fail(`${link} is a link to ${target}, outside of ${root}.`, "Copy what it leads to into the folder.");
  }
  return target;
}
