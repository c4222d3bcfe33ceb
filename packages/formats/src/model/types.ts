/** A model for use and sharing: the two generators, and what a reader should know about them. */
import type { PerDomain } from '@munit/core';
import type { GeneratorsArchitecture } from '../official/architecture.js';
import type { Weights } from '../torch/tensor.js';

/** A value of JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What a model says of a domain. */
export interface DomainInfo {
  /** What the domain's images show: 'edges', 'shoes'. */
  readonly name: string;
}

/** A model for use and sharing. */
export interface Model {
  /** What its generators are made of. */
  readonly architecture: GeneratorsArchitecture;
  /** What it translates between. */
  readonly domains: PerDomain<DomainInfo>;
  /** The generators' tensors by their published names, in PyTorch's layouts (OIHW), float32. */
  readonly networks: PerDomain<Weights>;
  /** How it was trained: iterations, data, image size, whatever is worth knowing. */
  readonly training?: Json;
  /** What it scores. */
  readonly metrics?: Json;
  /** SPDX name of the weights' licence. */
  readonly license?: string;
}

/** Precision of a weights file. */
export type WeightsDtype = 'float32' | 'float16';

/** What `loadModel` is doing. */
export type LoadProgress =
  | { readonly kind: 'read'; readonly file: string; readonly loaded: number; readonly total: number | undefined }
  | { readonly kind: 'verify'; readonly file: string }
  | { readonly kind: 'parse'; readonly file: string };
