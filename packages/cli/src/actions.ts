/** What the commands are asked to do, as the command line says it. */
import type { Domain } from '@munit/core';
import type { ProgressMode } from '@munit/train';
import type { CliIo } from './io.js';

export interface TrainRequest {
  /** Images: two folders or lists, or one set with trainA and trainB. */
  readonly data: { readonly a: string; readonly b: string } | { readonly set: string } | undefined;
  /** A YAML file of the published form. */
  readonly config: string | undefined;
  readonly preset: string | undefined;
  /** Options by their names in the YAML file, over what the file and the preset say. */
  readonly overrides: Readonly<Record<string, unknown>>;
  /** Where a fresh run goes; with `resume`, the run that goes on. */
  readonly out: string;
  readonly resume: boolean;
  readonly overwrite: boolean;
  readonly device: string;
  readonly threads: number | undefined;
  /** Fail at the first image that cannot be read. */
  readonly strict: boolean;
  /** Only print the resolved configuration. */
  readonly dryRun: boolean;
  readonly progress: ProgressMode;
}

export interface EvaluateRequest {
  readonly run: string;
  /** `best`, `latest` or a step. */
  readonly checkpoint: string;
  readonly device: string;
  readonly threads: number | undefined;
  readonly inputs: number;
  readonly styles: number;
  readonly seed: number;
  readonly json: boolean;
}

/** Transitions between two styles. */
export interface InterpolateRequest {
  readonly count: number;
  readonly mode: 'lerp' | 'slerp';
}

export interface TranslateRequest {
  /** A model folder, run folder, checkpoint of the published code, address or `hf:owner/name`. */
  readonly model: string;
  /** Of a run: `best`, `latest` or a step. Without it the model that the run left, or its newest checkpoint. */
  readonly checkpoint: string | undefined;
  readonly inputs: readonly string[];
  readonly out: string;
  readonly to: Domain;
  readonly styles: number | undefined;
  readonly seed: number;
  readonly example: string | undefined;
  readonly interpolate: InterpolateRequest | undefined;
  readonly synchronized: boolean;
  readonly format: 'png' | 'jpg' | 'webp' | 'gif' | 'mp4';
  /** Where a picture of inputs and results goes. */
  readonly grid: string | undefined;
  readonly resume: boolean;
  readonly device: string;
  readonly threads: number | undefined;
  /** The most bytes that the work on one image may take on the device. */
  readonly memoryLimit: number | undefined;
  readonly json: boolean;
}

export interface ConvertRequest {
  readonly source: string;
  /** As in `TranslateRequest`. */
  readonly checkpoint: string | undefined;
  readonly out: string;
  readonly to: 'munit' | 'pytorch' | 'safetensors' | 'onnx';
  readonly dtype: 'float32' | 'float16' | undefined;
  readonly domains: { readonly a: string; readonly b: string } | undefined;
  /** What the weights of a PyTorch file do not tell. */
  readonly activation: 'relu' | 'lrelu' | 'prelu' | 'selu' | 'tanh' | 'none' | undefined;
  readonly padding: 'reflect' | 'replicate' | 'zero' | undefined;
  readonly overwrite: boolean;
  readonly json: boolean;
}

/** Does what is asked; resolves with the exit code. */
export type Action<T> = (request: T, io: CliIo, signal: AbortSignal) => Promise<number>;

/** The work behind the commands. A command without its action is not offered. */
export interface Actions {
  readonly train?: Action<TrainRequest>;
  readonly evaluate?: Action<EvaluateRequest>;
  readonly translate?: Action<TranslateRequest>;
  readonly convert?: Action<ConvertRequest>;
}
