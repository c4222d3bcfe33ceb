/** A training run in a page or, better, in a worker: its images are files of the page, its checkpoints are in memory. */
import { AbortedError, checkOptions, ConfigError, CheckpointMismatchError, type OptionNames } from '@munit/core';
import type { PresetName } from '../../config/presets.js';
import { resolveConfig } from '../../config/resolve.js';
import type { TrainingConfig, TrainingConfigInput } from '../../config/schema.js';
import type { TrainEventListener } from '../../events.js';
import { checkpointFault, configOfCheckpoint, stepOfCheckpoint } from '../checkpoint.js';
import { resumedConfig } from '../config.js';
import type { DeviceChoice, OtherImages, SessionListeners } from '../ports.js';
import { TrainingSession } from '../session.js';
import { vggOfBytes } from '../vgg.js';
import { configOfSets, filesFeed, type TrainingSets } from './files.js';
import { type MemoryCheckpoint, memoryStore } from './memoryStore.js';

/** What a run in a page is started or resumed with. */
export interface OpenTrainingOptions extends DeviceChoice, SessionListeners {
  /** What to train on; with `resume` of a run on the benchmark, nothing is required. */
  readonly sets?: TrainingSets | undefined;
  /** As in Node, except for what names files. With `resume`, only what may change on the way: the lengths and intervals. */
  readonly config?: TrainingConfigInput | undefined;
  /** The preset that `config` changes. Not with `resume`, which holds its configuration. */
  readonly preset?: PresetName | undefined;
  /** The bytes of a checkpoint, of a page or of a run folder: continue from there, with its configuration. */
  readonly resume?: Uint8Array | undefined;
  /** With `resume`, when the images are not those of the checkpoint: refuse (the default), or keep the weights and begin the order again. */
  readonly otherImages?: OtherImages | undefined;
  /** The bytes of a VGG16 file (torchvision's .pth, or safetensors), required where `vgg_w` is above 0: the perceptual loss. */
  readonly vgg?: Uint8Array | undefined;
  /** Measure the model on the benchmark's held-out images whenever samples are made; takes as long as some dozen steps. Default false. */
  readonly evaluate?: boolean | undefined;
  /** Fail at the first broken image. */
  readonly strict?: boolean | undefined;
  /** Broken images that a domain may have. */
  readonly maxBroken?: number | undefined;
  /**
   * Keeps a checkpoint where it outlives the page; training waits for it. The last one is held in memory besides.
   * What it throws is reported as a warning, and training continues.
   */
  readonly keep?: ((checkpoint: MemoryCheckpoint) => Promise<void>) | undefined;
  /** Aborting is `stop()`. */
  readonly signal?: AbortSignal | undefined;
}

const optionNames: OptionNames<OpenTrainingOptions> = {
  sets: true,
  config: true,
  preset: true,
  resume: true,
  otherImages: true,
  vgg: true,
  evaluate: true,
  strict: true,
  maxBroken: true,
  keep: true,
  signal: true,
  device: true,
  threads: true,
  onEvent: true,
  onStatus: true,
};

/**
 * Opens a training run in a page or, better, in a worker: images, device and state are ready when it resolves, and nothing is
 * trained yet. The same configuration, images and seed give the same losses as `runTraining` in Node.
 *
 * @example
 * const training = await openTraining({ sets: { a: cats, b: dogs }, preset: 'quick', onEvent: (event) => postMessage(event) });
 * await training.run();
 * const files = await packModel(await training.export());
 *
 * @throws ArgumentError, ConfigError, DataError (too few images, none that can be read), DeviceUnavailableError, OutOfMemoryError
 * @throws CheckpointMismatchError, SafetensorsError when `resume` is not a checkpoint
 */
export async function openTraining(options: OpenTrainingOptions): Promise<TrainingSession> {
  checkOptions('openTraining', options, optionNames);
  const { resume, signal, vgg, onEvent, sets } = options;
  const throwIfAborted = (): void => {
    if (signal?.aborted === true) throw new AbortedError('Opening the training was aborted.', { cause: signal.reason });
  };
  throwIfAborted();
  const config = configOf(options);
  const session = await TrainingSession.open({
    ...options,
    config,
    images: filesFeed(sets),
    checkpoints: memoryStore(resume === undefined ? undefined : { step: stepOfCheckpoint(resume), bytes: resume }, options.keep, warningsOf(onEvent)),
    vgg: vgg === undefined ? undefined : () => Promise.resolve(vggOfBytes(vgg, config, 'The file given as `vgg`')),
    resumed: resume !== undefined,
  });
  try {
    throwIfAborted();
  } catch (error) {
    await session.dispose();
    throw error;
  }
  return session;
}

const warningsOf =
  (onEvent: TrainEventListener | undefined) =>
  (step: number, message: string): void =>
    onEvent?.({ kind: 'warning', step, message });

/**
 * The configuration of a run: of the checkpoint that it continues from, or resolved from what is given.
 * @throws ConfigError, CheckpointMismatchError
 */
function configOf({ sets, config = {}, preset, resume, vgg }: OpenTrainingOptions): TrainingConfig {
  const found = resume === undefined ? resolveConfig(configOfSets(sets, config), preset) : resumed(resume, config, preset);
  if (found.vgg_w > 0 && vgg === undefined) {
    throw new ConfigError(`The perceptual loss (vgg_w ${found.vgg_w}) requires the weights of VGG16.`, { remedy: 'Give the bytes of a vgg16 file as `vgg`, or set vgg_w to 0.' });
  }
  if (found.metrics.length > 0) {
    throw new ConfigError("'metrics' are measured in run folders only.", { remedy: 'Leave metrics out here, and evaluate the model afterwards.' });
  }
  return found;
}

function resumed(checkpoint: Uint8Array, config: TrainingConfigInput, preset: PresetName | undefined): TrainingConfig {
  if (preset !== undefined) throw new ConfigError('A preset cannot be given when resuming.', { remedy: 'Leave the preset out.' });
  const stored = resumedConfig(configOfCheckpoint(checkpoint), configOfSets(undefined, config));
  const fault = checkpointFault(checkpoint);
  if (fault !== undefined) throw new CheckpointMismatchError(`The checkpoint ${fault}.`, { remedy: 'Resume from an earlier checkpoint, or start a new run.' });
  return stored;
}
