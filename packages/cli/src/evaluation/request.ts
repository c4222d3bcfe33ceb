/** What `munit evaluate` is asked to do. */
import type { Domain } from '@munit/core';
import type { Shard } from '@munit/infer/node';
import type { ProtocolName } from './types.js';

/** What `munit evaluate` is asked to do. */
export interface EvaluateRequest {
  /** A run, a model, or two folders: real images and translations. */
  readonly what: readonly string[];
  /** What to measure; undefined leaves it to what there is: `synthetic` for a run on the benchmark, else all that applies. */
  readonly protocols: readonly (ProtocolName | 'all')[] | undefined;
  /** Of a run: `best`, `latest` or a step. */
  readonly checkpoint: string | undefined;
  /** Domain of the translations; `both` where images of both are given. */
  readonly to: Domain | 'both';
  /** Folder of images of domain A, for a model; with a run, instead of its own. */
  readonly a: string | undefined;
  /** Folder of images of domain B. */
  readonly b: string | undefined;
  /** Side that images are brought to and cropped to; undefined: the model's, or as they are. */
  readonly size: number | undefined;
  /** Inputs to translate, at least 1. */
  readonly inputs: number;
  /** Random styles per input, at least 1; of folders, translations of each input that stand together. */
  readonly styles: number | undefined;
  /** The most real images. */
  readonly real: number;
  /** Of styles, draws and intervals, 0 to 2³² − 1. */
  readonly seed: number;
  /** Network of the features of FID, KID and the rest. */
  readonly features: string;
  /** A file of its weights, where they do not come with npm. */
  readonly weights: string | undefined;
  /** Folder that `munit classify train` wrote, of the modes of B. */
  readonly classifier: string | undefined;
  /** The same, of the modes of A. */
  readonly classifierA: string | undefined;
  /** Resampled sets of each interval of a distance of sets; 0 for none. */
  readonly resamples: number;
  /** Folder of the results; undefined: `evaluation` in the run, or here. */
  readonly out: string | undefined;
  /** Whether translations and sections that are there already are kept. */
  readonly resume: boolean;
  /** Whether images that cannot be read are left out, with a warning that names them; otherwise they end the evaluation. */
  readonly skipBroken: boolean;
  /** The part that is measured, for `munit merge`; undefined for all. */
  readonly shard: Shard | undefined;
  /** A name that `--device` takes, such as `auto` or `webgpu`. */
  readonly device: string;
  /** Threads of the `simd` device. */
  readonly threads: number | undefined;
  /** Whether stdout gets one JSON object instead of a table. */
  readonly json: boolean;
}

/** What the report says of how it was measured. */
export const settingsOf = ({ seed, inputs, real, features, resamples }: EvaluateRequest, styles: number) => ({ seed, inputs, styles, real, features, resamples });
