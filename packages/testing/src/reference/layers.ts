/** Cases of `layers.safetensors`: one layer or network of the published code each, forward and gradients. */
import { largestMagnitude, type NdArray } from '../arrays/ndArray.js';
import type { Tolerance } from '../compare/tolerances.js';
import { jsonMetadata, numbered, optional, type ParsedTensors, required, type Settings, under } from './parsed.js';

/** All arrays are in PyTorch's layouts: activations [N, C, H, W], convolutions [O, I, kh, kw], dense weights [out, in]. */
export interface LayerCase {
  /** Unique among the cases. */
  readonly name: string;
  /** The published class (`Conv2dBlock`, `MsImageDis`), or class and method (`AdaINGen.decode`). */
  readonly kind: string;
  /** The layer's settings, by their published names. */
  readonly config: Settings;
  /** By official key. */
  readonly params: ReadonlyMap<string, NdArray>;
  /** The input. */
  readonly input: NdArray;
  /** AdaIN's parameters, or the style code. */
  readonly style: NdArray | undefined;
  /** Expected outputs, in the order of the published layer. */
  readonly outputs: readonly NdArray[];
  /** The cotangent of each output. */
  readonly gradOutputs: readonly NdArray[];
  /** Expected gradient of the input. */
  readonly gradInput: NdArray;
  /** Expected gradient of `style`, where there is one. */
  readonly gradStyle: NdArray | undefined;
  /** Expected gradients by the official parameter name. */
  readonly gradParams: ReadonlyMap<string, NdArray>;
  /** Spectral norm's u and v after the one power iteration that the forward pass makes, by official key. */
  readonly after: ReadonlyMap<string, NdArray>;
}

/** @throws Error when the file is not one of layers, or a case lacks a tensor */
export function readLayerCases(parsed: ParsedTensors): LayerCase[] {
  const listed = jsonMetadata(parsed, 'cases') as readonly { name: string; kind: string; config: Settings; outputs: number }[];
  return listed.map(({ name, kind, config, outputs }) => {
    const found = {
      name,
      kind,
      config,
      params: under(parsed, `${name}/param/`),
      input: required(parsed, `${name}/input`),
      style: optional(parsed, `${name}/style`),
      outputs: numbered(parsed, `${name}/output`),
      gradOutputs: numbered(parsed, `${name}/grad_output`),
      gradInput: required(parsed, `${name}/grad_input`),
      gradStyle: optional(parsed, `${name}/grad_style`),
      gradParams: under(parsed, `${name}/grad_param/`),
      after: under(parsed, `${name}/after/`),
    };
    if (found.outputs.length !== outputs || found.gradOutputs.length !== outputs) {
      throw new Error(`The case '${name}' lists ${outputs} outputs, but has ${found.outputs.length}, and ${found.gradOutputs.length} cotangents.`);
    }
    return found;
  });
}

const base: Tolerance = { atol: 1e-5, rtol: 1e-4 };

/**
 * What a case's results must keep: |ours − truth| ≤ 1e-5 s + 1e-4 |truth|. For gradients s is at least a tenth of the largest
 * in all gradients of the case, because a bias under a norm has a true gradient of zero.
 */
export function layerTolerance(layerCase: LayerCase): { readonly output: Tolerance; readonly gradient: Tolerance } {
  const gradients = [layerCase.gradInput, ...layerCase.gradParams.values()];
  if (layerCase.gradStyle !== undefined) gradients.push(layerCase.gradStyle);
  return { output: base, gradient: { ...base, scaleFloor: Math.max(...gradients.map(largestMagnitude)) / 10 } };
}

/** Translations, and everything else in [-1, 1]: 1e-4 absolute. */
export const translationTolerance: Tolerance = { atol: 1e-4, rtol: 0, scaleFloor: 1 };
/** Of images whose networks are stored in half precision: 2⁻¹¹ for each of some forty layers, added at random. */
export const halvesTolerance: Tolerance = { atol: 5e-3, rtol: 0, scaleFloor: 1 };
