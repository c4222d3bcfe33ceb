/** What `munit translate` is asked to do, of images and of films. */
import type { Domain } from '@munit/core';
import type { Shard } from '@munit/infer/node';

/** Transitions between two styles. */
export interface InterpolateRequest {
  /** Frames of the transition, 2 to 1000. */
  readonly count: number;
  /** The path between the style codes: a straight line (`lerp`), or an arc on which their length stays that of a normal sample (`slerp`). */
  readonly mode: 'lerp' | 'slerp';
}

/** What `munit translate` is asked to do. */
export interface TranslateRequest {
  /** A model folder, run folder, checkpoint of the published code, address or `hf:owner/name`. */
  readonly model: string;
  /** Of a run: `best`, `latest` or a step. Without it the model that the run left, or its newest checkpoint. */
  readonly checkpoint: string | undefined;
  /** Image files, and folders that are read with everything below them; at least one. */
  readonly inputs: readonly string[];
  /** The folder of the results; results of a folder keep its structure. Of a film its file. */
  readonly out: string;
  /** Whether `out` names a film: the one input is one, and becomes one. */
  readonly film: boolean;
  /** Of a film: frames over which the norms' statistics are averaged, 1 to 1000; undefined takes each frame by itself. */
  readonly stabilise: number | undefined;
  /** The domain of the results; the inputs are images of the other one. */
  readonly to: Domain;
  /** Random styles per image, 1 to 10,000; undefined makes one. */
  readonly styles: number | undefined;
  /** What random styles are drawn from, 0 to 2³² − 1; each file's styles depend on this and its name alone. */
  readonly seed: number;
  /** Path of an image whose style all results get instead of random ones; with `interpolate`, the style at which the transition ends. */
  readonly example: string | undefined;
  /** A transition between two styles per image, instead of single results. */
  readonly interpolate: InterpolateRequest | undefined;
  /** Whether all images get the same random styles. */
  readonly synchronized: boolean;
  /** File format of the results: `png`, `jpg` or `webp` for single images; `webp`, `gif` or `mp4` for transitions, or `png` for one file per frame. */
  readonly format: 'png' | 'jpg' | 'webp' | 'gif' | 'mp4';
  /** Path of a PNG that shows the first inputs beside their results; undefined writes none. */
  readonly grid: string | undefined;
  /** Whether results that are already there are kept; otherwise all are made again. */
  readonly resume: boolean;
  /** Whether weights must be the file that `model.json` names, by SHA-256. */
  readonly verify: boolean;
  /** A name that `--device` takes, such as `auto` or `webgpu`. */
  readonly device: string;
  /** Threads of the `simd` device, 1 to 1024; undefined leaves the choice to it. */
  readonly threads: number | undefined;
  /** The most bytes that the work on one image may take on the device; a larger image is translated in bands, with the same result. */
  readonly memoryLimit: number | undefined;
  /** The part of the inputs that is translated, for `munit merge`; undefined for all. */
  readonly shard: Shard | undefined;
  /** Whether stdout gets one JSON object at the end instead of a summary. */
  readonly json: boolean;
}
