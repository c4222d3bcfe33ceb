/** Says what a PyTorch file is, and gives its networks checked and in order. */
import { CheckpointMismatchError, checkOptions, fromHalves, type PerDomain, readSafetensors, type StoredTensor } from '@munit/core';
import { torchReadNames, type TorchReadOptions } from '../torch/limits.js';
import { readTorch, torchFormOf } from '../torch/read.js';
import { float32Tensor, isDict, type StateDict, type TorchValue, type Weights } from '../torch/tensor.js';
import { type TorchAdamState, isOptimizerState, parseAdam } from './adam.js';
import { type ArchitectureHints, type DiscriminatorsArchitecture, type GeneratorsArchitecture, hintNames } from './architecture.js';
import { alexnetWeights, isAlexnet, type LpipsNetwork, lpipsHeads, vgg16Convention, type Vgg16Convention, vgg16Weights } from './features.js';
import { inferDiscriminator, inferGenerator, methodOf } from './infer.js';
import { discriminatorLayout, generatorLayout } from './layout.js';
import { matchLayout } from './match.js';
import { singleNetwork, type StyleEncoderCheckpoint, type TranslatorCheckpoint } from './single.js';
import { innerStateDict, networkPairs } from './wrappers.js';

/** `gen_*.pt`: both generators. */
export interface GeneratorCheckpoint {
  readonly kind: 'generator';
  /** What the shapes tell, completed by the hints. */
  readonly architecture: GeneratorsArchitecture;
  /** Tensors by their published names, in PyTorch's layouts. */
  readonly networks: PerDomain<Weights>;
  /** Tensors left out by name: statistics that PyTorch 0.3 kept. */
  readonly ignored: PerDomain<readonly string[]>;
}

/** `dis_*.pt`: both discriminators. */
export interface DiscriminatorCheckpoint {
  readonly kind: 'discriminator';
  /** What the shapes tell, completed by the hints. */
  readonly architecture: DiscriminatorsArchitecture;
  /** Tensors by their published names, in PyTorch's layouts. */
  readonly networks: PerDomain<Weights>;
  /** Tensors left out by name. */
  readonly ignored: PerDomain<readonly string[]>;
}

/** `optimizer.pt`: the state of both optimizers. */
export interface OptimizerCheckpoint {
  readonly kind: 'optimizer';
  /** Of the generators and of the discriminators. */
  readonly optimizers: { readonly gen: TorchAdamState; readonly dis: TorchAdamState };
}

/** VGG16: its convolutions. */
export interface Vgg16Checkpoint {
  readonly kind: 'vgg16';
  /** Whose weights they are. */
  readonly convention: Vgg16Convention;
  /** `conv1_1.weight`, `conv1_1.bias`, …, in PyTorch's layout. */
  readonly weights: Weights;
}

/** torchvision's AlexNet: its five convolutions. */
export interface AlexnetCheckpoint {
  /** Always `alexnet`. */
  readonly kind: 'alexnet';
  /** `features.0.weight`, `features.0.bias`, …, in PyTorch's layout. */
  readonly weights: Weights;
}

/** LPIPS' heads. */
export interface LpipsCheckpoint {
  readonly kind: 'lpips';
  /** Whose maps they weigh. */
  readonly network: LpipsNetwork;
  /** `lin0`, `lin1`, …: one weight per channel. */
  readonly heads: Weights;
}

/** Tensors by name of a network that this package does not know. */
export interface OtherCheckpoint {
  readonly kind: 'state-dict';
  /** All its tensors. */
  readonly weights: StateDict;
}

/** What a file of weights turned out to be. */
export type Checkpoint =
  | GeneratorCheckpoint
  | DiscriminatorCheckpoint
  | OptimizerCheckpoint
  | Vgg16Checkpoint
  | AlexnetCheckpoint
  | LpipsCheckpoint
  | TranslatorCheckpoint
  | StyleEncoderCheckpoint
  | OtherCheckpoint;

function generator(found: PerDomain<StateDict>, hints: ArchitectureHints): GeneratorCheckpoint {
  const architecture = inferGenerator(found, hints);
  const a = matchLayout('the generator of a', found.a, generatorLayout(architecture, 'a'));
  const b = matchLayout('the generator of b', found.b, generatorLayout(architecture, 'b'));
  return {
    kind: 'generator',
    architecture,
    networks: { a: a.weights, b: b.weights },
    ignored: { a: a.ignored, b: b.ignored },
  };
}

function discriminator(found: PerDomain<StateDict>, hints: ArchitectureHints): DiscriminatorCheckpoint {
  const architecture = inferDiscriminator(found, hints);
  const a = matchLayout('the discriminator of a', found.a, discriminatorLayout(architecture, 'a'));
  const b = matchLayout('the discriminator of b', found.b, discriminatorLayout(architecture, 'b'));
  return {
    kind: 'discriminator',
    architecture,
    networks: { a: a.weights, b: b.weights },
    ignored: { a: a.ignored, b: b.ignored },
  };
}

function hasScales(weights: StateDict): boolean {
  return [...weights.keys()].some((name) => name.startsWith('cnns.'));
}

function describe(value: TorchValue): string {
  if (!isDict(value)) return Array.isArray(value) ? 'a list' : value === null ? 'nothing' : `a ${typeof value}`;
  const keys = [...value.keys()].slice(0, 6).map((key) => `'${String(key).slice(0, 40)}'`);
  return value.size === 0 ? 'an empty dictionary' : `a dictionary with the keys ${keys.join(', ')}${value.size > 6 ? ', …' : ''}`;
}

/**
 * Recognises the content of a PyTorch file (`readTorch`): `gen_*.pt`, `dis_*.pt` and `optimizer.pt` of the published
 * MUNIT and UNIT trainers, a network of CycleGAN's and BicycleGAN's, VGG16, AlexNet, LPIPS' heads, or any state dict, also in the usual wrappings:
 * `{'state_dict': …}`, `{'gen': …}`, names that start with `module.` or `gen_a.`. Weights come out in float32, complete and checked,
 * under their published names and in PyTorch's layouts (OIHW).
 * @throws CheckpointMismatchError when it is none of these, or names what is missing, unexpected or misshapen
 * @throws NonFiniteError when a weight is NaN or infinite
 */
export function recognizeCheckpoint(value: TorchValue, hints: ArchitectureHints = {}): Checkpoint {
  checkOptions('recognizeCheckpoint', hints, hintNames);
  if (isDict(value)) {
    const [gen, dis] = [value.get('gen'), value.get('dis')];
    if (isOptimizerState(gen) && isOptimizerState(dis)) {
      return { kind: 'optimizer', optimizers: { gen: parseAdam(gen), dis: parseAdam(dis) } };
    }
    const pairs = networkPairs(value);
    const generators = pairs.find(({ a }) => methodOf(a) !== undefined);
    if (generators !== undefined) return generator(generators, hints);
    const discriminators = pairs.find(({ a }) => hasScales(a));
    if (discriminators !== undefined) return discriminator(discriminators, hints);
    const weights = innerStateDict(value);
    if (weights !== undefined) return flat(weights, hints);
  }
  throw new CheckpointMismatchError(`The file holds ${describe(value)}: no checkpoint of MUNIT or UNIT, and no state dict.`, {
    remedy: 'Give gen_*.pt, dis_*.pt or optimizer.pt of a training run, or the state_dict() of a network.',
  });
}

function flat(weights: StateDict, hints: ArchitectureHints): Checkpoint {
  const convention = vgg16Convention(weights);
  if (convention !== undefined) return { kind: 'vgg16', convention, weights: vgg16Weights(weights, convention) };
  if (isAlexnet(weights)) return { kind: 'alexnet', weights: alexnetWeights(weights) };
  const lpips = lpipsHeads(weights);
  if (lpips !== undefined) return { kind: 'lpips', ...lpips };
  return singleNetwork(weights, hints) ?? { kind: 'state-dict', weights };
}

/**
 * Reads and recognises a PyTorch file, or a state dict in safetensors.
 * @throws TorchFileError or SafetensorsError when it is damaged or neither; and as `recognizeCheckpoint`
 */
export function readCheckpoint(file: Uint8Array, options: TorchReadOptions & ArchitectureHints = {}): Checkpoint {
  checkOptions('readCheckpoint', options, { ...torchReadNames, ...hintNames });
  const { maxBytes, verifyChecksums, ...hints } = options;
  if (torchFormOf(file) === undefined && file[8] === OPENING_BRACE) return recognizeCheckpoint(safetensorsStateDict(file), hints);
  return recognizeCheckpoint(readTorch(file, { maxBytes, verifyChecksums }), hints);
}

/** After the header's length, the first byte of every safetensors file. */
const OPENING_BRACE = 0x7b;

function safetensorsStateDict(file: Uint8Array): StateDict {
  return new Map([...readSafetensors(file).tensors].map(([name, stored]) => [name, float32Tensor(stored.shape, float32Of(stored))]));
}

/** The stored values as float32, a copy of their own. @throws SafetensorsError for another type */
export function float32Of({ dtype, bytes, float32 }: StoredTensor): Float32Array<ArrayBuffer> {
  if (dtype !== 'F16') return float32() as Float32Array<ArrayBuffer>;
  const own = new Uint8Array(bytes); // at an even address, whatever theirs is
  return fromHalves(new Uint16Array(own.buffer));
}
