/** Training runs of the published code (`train_*.safetensors`, and a checkpoint's `expected.safetensors`). */
import type { NdArray } from '../arrays/ndArray.js';
import { jsonMetadata, numbered, type ParsedTensors, required, type Settings, under } from './parsed.js';

/** The published trainers that dumps come from. */
const trainers = ['MUNIT', 'UNIT', 'CycleGAN', 'BicycleGAN'] as const;
type Trainer = (typeof trainers)[number];

/** Every array is in PyTorch's layout; tensors of networks go by `<net>.<official key>` with the net's published name: gen_a, dis_b, G_A, D2. */
export interface TrainingRun {
  /** The published trainer that made the dump. */
  readonly trainer: Trainer;
  /** The official YAML's keys. */
  readonly config: Settings;
  /** Updates made before the run: 0, or those of the checkpoint that it resumes. */
  readonly startIteration: number;
  /** Weights before the first step; empty where the run resumes from a checkpoint. */
  readonly init: ReadonlyMap<string, NdArray>;
  /** Weights after the last step; empty where the file does not tell. */
  readonly final: ReadonlyMap<string, NdArray>;
  /** What goes into each step and what comes out. */
  readonly steps: readonly TrainingStep[];
  /** Gradients of the first updates; the generator's is taken after the discriminator's update. May be empty. */
  readonly firstGradients: { readonly dis: ReadonlyMap<string, NdArray>; readonly gen: ReadonlyMap<string, NdArray> };
  /** One translation with the final weights: x_a, content, x_ab, and MUNIT's style_a, style_b; BicycleGAN's style, and mu of the first x_b. */
  readonly translation: ReadonlyMap<string, NdArray>;
  /** How far float32 is from float64 in the published code itself, by name. */
  readonly float32Error: Float32Error;
}

/** One recorded training step. */
export interface TrainingStep {
  /** Batch of domain A. */
  readonly a: NdArray;
  /** Batch of domain B. */
  readonly b: NdArray;
  /** What the update of the discriminator, and of the generator, draws, in order (metadata `order_of_noise`). */
  readonly noise: { readonly dis: readonly NdArray[]; readonly gen: readonly NdArray[] };
  /** Every `loss_*` of the trainer. */
  readonly losses: Readonly<Record<string, number>>;
  /** The rate that the step used; undefined where the file does not tell. */
  readonly learningRate: number | undefined;
}

/** The published code's own float32 error against the float64 truth. */
export interface Float32Error {
  /** By step. */
  readonly losses: readonly number[];
  /** By `dis/<net>.<key>` and `gen/<net>.<key>`. */
  readonly firstGradients: ReadonlyMap<string, number>;
  /** By network. */
  readonly change: ReadonlyMap<string, number>;
}

/** @throws Error when the file is not a training run, or a step lacks a tensor */
export function readTrainingRun(parsed: ParsedTensors): TrainingRun {
  const named = parsed.metadata.get('trainer');
  const trainer = trainers.find((name) => name === named);
  if (trainer === undefined) throw new Error(`The reference file's 'trainer' must be one of ${trainers.join(', ')}, but it is '${String(named)}'.`);
  const losses = jsonMetadata(parsed, 'losses') as readonly Readonly<Record<string, number>>[];
  return {
    trainer,
    config: jsonMetadata(parsed, 'config') as Settings,
    startIteration: Number(parsed.metadata.get('iteration') ?? 0),
    init: under(parsed, 'init/'),
    final: under(parsed, 'final/'),
    steps: losses.map((all, i) => readStep(parsed, i, all)),
    firstGradients: { dis: under(parsed, 'step0/grad_dis/'), gen: under(parsed, 'step0/grad_gen/') },
    translation: under(parsed, 'translate/'),
    float32Error: readFloat32Error(parsed),
  };
}

function readStep(parsed: ParsedTensors, i: number, all: Readonly<Record<string, number>>): TrainingStep {
  const { lr, ...losses } = all;
  return {
    a: required(parsed, `step${i}/x_a`),
    b: required(parsed, `step${i}/x_b`),
    noise: { dis: numbered(parsed, `step${i}/noise_dis`), gen: numbered(parsed, `step${i}/noise_gen`) },
    losses,
    learningRate: lr,
  };
}

function readFloat32Error(parsed: ParsedTensors): Float32Error {
  const stored = jsonMetadata(parsed, 'float32_error') as {
    readonly losses: readonly number[];
    readonly first_gradients?: Readonly<Record<string, number>>;
    readonly change?: Readonly<Record<string, number>>;
  };
  const gradients = Object.entries(stored.first_gradients ?? {}).map(([key, error]) => [key.replace(/^grad_/, ''), error] as const);
  return { losses: stored.losses, firstGradients: new Map(gradients), change: new Map(Object.entries(stored.change ?? {})) };
}
