import { cifar10, cifar100 } from "./cifar.ts";
import { csv } from "./csv.ts";
import { digits } from "./digits.ts";
import { fit } from "./fit.ts";
import type { DataFormat } from "./format.ts";
import { idx } from "./idx.ts";
import { images } from "./images.ts";
import { jsonl } from "./jsonl.ts";
import { labelled } from "./labelled.ts";
import { module } from "./module.ts";
import { npz } from "./npz.ts";
import { parallel } from "./parallel.ts";
import { parquet } from "./parquet.ts";
import { phrases } from "./phrases.ts";
import { text } from "./text.ts";

/** All formats of data sets, in the order in which usage texts name them. */
export const FORMATS: readonly DataFormat[] = [
  digits,
  phrases,
  idx,
  cifar10,
  cifar100,
  images,
  npz,
  csv,
  jsonl,
  parquet,
  parallel,
  text,
  labelled,
  module,
  fit,
];
