/** Files of one network each, as CycleGAN's and BicycleGAN's published trainers write them (`latest_net_G_A.pth`): what they are, from their names and shapes. */
import { CheckpointMismatchError } from '@munit/core';
import type { OfficialLayer } from '@munit/layers';
import type { StateDict, Weights } from '../torch/tensor.js';
import type { ArchitectureHints, BicycleGanArchitecture, CycleGanArchitecture } from './architecture.js';
import { layoutOf } from './layout.js';
import { matchLayout } from './match.js';
import { bicycleGanEncoder, bicycleGanTranslator, cycleGanTranslator } from './translators.js';

/** `latest_net_G*.pth`: a generator from images of one domain to those of another, here called a and b. */
export interface TranslatorCheckpoint {
  readonly kind: 'translator';
  /** What the shapes tell, completed by the hints. */
  readonly architecture: CycleGanArchitecture | BicycleGanArchitecture;
  /** Tensors by their published names, in PyTorch's layouts. */
  readonly weights: Weights;
}

/** What a style encoder's shapes tell. */
export interface StyleEncoderShape extends Pick<BicycleGanArchitecture, 'styleDim' | 'norm' | 'encoderDim' | 'encoderDownsample'> {
  /** Residual blocks, or convolutions alone. */
  readonly encoder: 'resnet' | 'conv';
  /** Channels of its images. */
  readonly inputDim: number;
}

/** `latest_net_E.pth`: BicycleGAN's style encoder. */
export interface StyleEncoderCheckpoint {
  readonly kind: 'style-encoder';
  /** What the shapes tell, completed by the hints. */
  readonly architecture: StyleEncoderShape;
  /** Tensors by their published names, in PyTorch's layouts. */
  readonly weights: Weights;
}

/** More levels or blocks than any such network has. */
const MAX_PARTS = 64;

/** A size of a tensor of four axes; undefined where there is no such tensor. */
const sizeAt = (weights: StateDict, name: string, axis: number): number | undefined => {
  const shape = weights.get(`${name}.weight`)?.shape;
  return shape?.length === 4 ? shape[axis] : undefined;
};

/** @throws CheckpointMismatchError when it is not there */
function required(weights: StateDict, name: string, axis: number): number {
  const size = sizeAt(weights, name, axis);
  if (size !== undefined && size > 0) return size;
  throw new CheckpointMismatchError(`The network lacks the tensor '${name}.weight' of four axes.`, { remedy: 'The file is incomplete, or of another network.' });
}

const common = (hints: ArchitectureHints, a: number, b: number) =>
  ({ directions: 'a-to-b', inputDim: { a, b }, norm: hints.norm === 'none' ? 'none' : 'in', styleDim: 0, whereAdd: 'input', dropout: false, padMode: 'zero', activation: 'relu', nRes: 0 }) as const;

/** CycleGAN's residual generator. */
function resnet(weights: StateDict, hints: ArchitectureHints): CycleGanArchitecture {
  const dim = required(weights, 'model.1', 0);
  let nDownsample = 0;
  while (nDownsample < MAX_PARTS && sizeAt(weights, `model.${4 + 3 * nDownsample}`, 0) === dim * 2 ** (nDownsample + 1)) nDownsample++;
  const blocks = 4 + 3 * nDownsample;
  const convolutions = (block: number): number[] => Array.from({ length: 8 }, (_, i) => i).filter((i) => sizeAt(weights, `model.${block}.conv_block.${i}`, 0) !== undefined);
  let nRes = 0;
  while (nRes < MAX_PARTS && convolutions(blocks + nRes).length > 0) nRes++;
  const [first = 1, second = 5] = convolutions(blocks);
  const last = blocks + nRes + 3 * nDownsample + 1;
  const padded = first === 0 ? 'zero' : hints.padMode === 'replicate' ? 'replicate' : 'reflect';
  // Noise in all layers shows in their inputs; at the input alone it cannot be distinguished from the image's channels.
  const styleDim = nDownsample === 0 ? 0 : Math.max(0, required(weights, 'model.4', 1) - dim);
  return {
    ...common(hints, required(weights, 'model.1', 1) - styleDim, required(weights, `model.${last}`, 0)),
    styleDim,
    whereAdd: styleDim > 0 ? 'all' : 'input',
    method: 'cyclegan',
    generator: 'resnet',
    dim,
    nDownsample,
    nRes,
    padMode: padded,
    dropout: second - first > (padded === 'zero' ? 3 : 4),
  };
}

/** The U-Net of CycleGAN and pix2pix, whose levels are lists of modules: the level within follows the convolution and its norm. */
function plainUnet(weights: StateDict, hints: ArchitectureHints): CycleGanArchitecture {
  let nDownsample = 0;
  let level = 'model.model';
  for (; nDownsample < MAX_PARTS; nDownsample++) {
    const within = nDownsample === 0 ? 1 : 3;
    if (sizeAt(weights, `${level}.${nDownsample === 0 ? 0 : 1}`, 0) === undefined) break;
    level = `${level}.${within}.model`;
  }
  const input = required(weights, 'model.model.0', 1);
  return { ...common(hints, input, required(weights, 'model.model.3', 1)), method: 'cyclegan', generator: 'unet', dim: required(weights, 'model.model.0', 0), nDownsample };
}

/** BicycleGAN's U-Net with the style at every level: an inner level's input has the style's channels besides those of the level around it. */
function styledUnet(weights: StateDict, hints: ArchitectureHints): BicycleGanArchitecture {
  const dim = required(weights, 'model.down.0', 0);
  const styleDim = required(weights, 'model.submodule.down.1', 1) - dim;
  let nDownsample = 1;
  for (let level = 'model.submodule'; nDownsample < MAX_PARTS && sizeAt(weights, `${level}.down.1`, 0) !== undefined; level = `${level}.submodule`) nDownsample++;
  const upsampling = sizeAt(weights, 'model.up.1', 0) === undefined ? 'bilinear' : 'basic';
  const outputs = upsampling === 'basic' ? required(weights, 'model.up.1', 1) : required(weights, 'model.up.3', 0);
  return {
    ...common(hints, required(weights, 'model.down.0', 1) - styleDim, outputs),
    method: 'bicyclegan',
    dim,
    nDownsample,
    styleDim,
    whereAdd: 'all',
    activation: hints.activation === 'lrelu' ? 'lrelu' : 'relu',
    upsampling,
    encoder: 'none',
    encoderDim: 1,
    encoderDownsample: 1,
  };
}

function styleEncoder(weights: StateDict, hints: ArchitectureHints): StyleEncoderShape {
  const [inputDim, encoderDim, styleDim] = [required(weights, 'conv.0', 1), required(weights, 'conv.0', 0), weights.get('fc.0.weight')?.shape[0] ?? 0];
  const shape = { inputDim, encoderDim, styleDim };
  const residual = [...weights.keys()].some((name) => name.startsWith('conv.1.shortcut.'));
  if (!residual) {
    // With norms the convolutions are three modules apart, and two without.
    const norm = sizeAt(weights, 'conv.5', 0) !== undefined && sizeAt(weights, 'conv.4', 0) === undefined ? 'in' : hints.norm === 'none' || sizeAt(weights, 'conv.4', 0) !== undefined ? 'none' : 'in';
    let count = 1;
    while (count < MAX_PARTS && sizeAt(weights, `conv.${2 + (count - 1) * (norm === 'in' ? 3 : 2)}`, 0) !== undefined) count++;
    return { ...shape, encoder: 'conv', norm, encoderDownsample: count };
  }
  let count = 1;
  while (count < MAX_PARTS && sizeAt(weights, `conv.${count}.shortcut.1`, 0) !== undefined) count++;
  return { ...shape, encoder: 'resnet', norm: sizeAt(weights, 'conv.1.conv.1', 0) === undefined ? 'in' : 'none', encoderDownsample: count };
}

/** @throws CheckpointMismatchError for batch norm, which these networks have here no part in */
function refuseBatchNorm(weights: StateDict): void {
  const affine = [...weights].find(([name, tensor]) => name.endsWith('.weight') && tensor.shape.length === 1);
  if (affine === undefined) return;
  throw new CheckpointMismatchError(`The network has a batch norm ('${affine[0]}'), and munit's CycleGAN and BicycleGAN have instance norms.`, {
    remedy: 'Give a model that was trained with --norm instance, which is the published default of both.',
  });
}

/**
 * A generator or style encoder of CycleGAN or BicycleGAN, recognised, checked and in order; undefined for other networks.
 * @throws CheckpointMismatchError that names what is missing, unexpected or misshapen; NonFiniteError
 */
export function singleNetwork(weights: StateDict, hints: ArchitectureHints): TranslatorCheckpoint | StyleEncoderCheckpoint | undefined {
  if (weights.has('fc.0.weight') && weights.has('fcVar.0.weight') && weights.has('conv.0.weight')) {
    refuseBatchNorm(weights);
    const architecture = styleEncoder(weights, hints);
    const layer = bicycleGanEncoder({ ...architecture, inputDim: { a: 1, b: architecture.inputDim } });
    return { kind: 'style-encoder', architecture, weights: matchLayout('the style encoder', weights, layoutOf(() => layer as OfficialLayer)).weights };
  }
  const shaped = weights.has('model.down.0.weight')
    ? styledUnet
    : weights.has('model.model.0.weight') && weights.has('model.model.3.weight')
      ? plainUnet
      : sizeAt(weights, 'model.1', 2) === 7 && weights.has('model.4.weight')
        ? resnet
        : undefined;
  if (shaped === undefined) return undefined;
  refuseBatchNorm(weights);
  const architecture = shaped(weights, hints);
  const layer = () => (architecture.method === 'cyclegan' ? cycleGanTranslator(architecture, 'b') : bicycleGanTranslator(architecture));
  return { kind: 'translator', architecture, weights: matchLayout('the generator', weights, layoutOf(layer)).weights };
}
