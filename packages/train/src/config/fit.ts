/** Whether a configuration's crop goes through its networks: found by walking their descriptions, before anything is read or made. */
import { type LayerNode, type MapSize, multiScaleDiscriminator, munitGenerator, type NormNode, trace, type TracedStep, unitGenerator } from '@munit/layers';
import { architecturesOf } from './architectures.js';
import type { TrainingConfig } from './schema.js';

/** What is wrong, and what to change. */
export interface Misfit {
  readonly problem: string;
  readonly remedy: string;
}

type Crop = Pick<MapSize, 'height' | 'width'>;

/** No image survives so many halvings: more of them need no walk. */
const DEEPEST = 32;
/** Where the search for a crop that fits ends. */
const LARGEST_SUGGESTION = 8192;

/** What cannot work in the sizes of a configuration; empty when all fit. */
export function misfitsOf(config: TrainingConfig): Misfit[] {
  const crop = { height: config.crop_image_height, width: config.crop_image_width };
  const misfits = [...contradictionsOf(config)];
  const multiple = 2 ** config.gen.n_downsample;
  for (const side of ['height', 'width'] as const) {
    const size = crop[side];
    if (size % multiple === 0) continue;
    const lower = size - (size % multiple);
    misfits.push({
      problem: `'crop_image_${side}' is ${size}, but it must be a multiple of ${multiple} (2^gen.n_downsample)`,
      remedy: multiple > size ? 'Lower gen.n_downsample, or use a larger crop.' : `Set crop_image_${side} to ${lower} or ${lower + multiple}.`,
    });
  }
  if (misfits.length > 0) return misfits;
  for (const walked of walksOf(config)) {
    const problem = walked.problemAt(crop);
    if (problem === undefined) continue;
    const enough = smallestCrop(walked, multiple);
    misfits.push({
      problem: `the crop of ${crop.height}×${crop.width} is too small for ${walked.what}: ${problem}`,
      remedy: `${enough === undefined ? 'Lower' : `Set crop_image_height and crop_image_width to at least ${enough} (and new_size too), or lower`} ${walked.options}.`,
    });
  }
  return misfits;
}

/** Sizes that contradict each other whatever the images are. */
function* contradictionsOf(config: TrainingConfig): Iterable<Misfit> {
  if (config.trainer === 'MUNIT' && config.gen.n_res === 0) {
    yield { problem: "'gen.n_res' is 0, but MUNIT's decoder takes the style in its residual blocks", remedy: 'Set gen.n_res to at least 1.' };
  }
  // The benchmark is drawn at the size of the crop.
  if (config.synthetic_count !== undefined) return;
  const smallest = Math.min(config.crop_image_height, config.crop_image_width);
  for (const key of ['new_size', 'new_size_a', 'new_size_b'] as const) {
    const size = config[key];
    // A general size is not used where both domains have their own.
    const used = key !== 'new_size' || config.new_size_a === undefined || config.new_size_b === undefined;
    if (size === undefined || size >= smallest || !used) continue;
    yield {
      problem: `'${key}' is ${size}, but the crop is ${config.crop_image_height}×${config.crop_image_width}: no image is large enough after resizing`,
      remedy: `Set ${key} to at least ${Math.max(config.crop_image_height, config.crop_image_width)}, or use a smaller crop.`,
    };
  }
}

/** A network, and the first place at which a crop does not go through it. */
interface Walk {
  readonly what: string;
  /** The options that decide how deep it is. */
  readonly options: string;
  readonly problemAt: (crop: Crop) => string | undefined;
}

/** The networks of one domain; those of the other have the same sizes. Of one channel each: sizes do not depend on the channels. */
function walksOf(config: TrainingConfig): Walk[] {
  const { gen, dis } = architecturesOf({ ...config, gen: { ...config.gen, dim: 1, n_res: Math.min(config.gen.n_res, 1) }, dis: { ...config.dis, dim: 1 } });
  const generator = (config.trainer === 'UNIT' ? unitGenerator(gen.a) : munitGenerator(gen.a)).describe().roles;
  const depth = { nLayer: Math.min(dis.a.nLayer, DEEPEST), numScales: Math.min(dis.a.numScales, DEEPEST) };
  const discriminators = multiScaleDiscriminator({ ...dis.a, ...depth }).describe() as Extract<LayerNode, { readonly op: 'scales' }>;
  const image = (crop: Crop): MapSize => ({ ...crop, channels: config.input_dim_a });
  const walk = (node: LayerNode, input: MapSize): { readonly problem: string | undefined; readonly output: MapSize } => {
    const steps = trace(node, input);
    return { problem: steps.map((step) => problemOf(step, config.batch_size)).find((found) => found !== undefined), output: steps.at(-1)?.output ?? input };
  };
  return [
    {
      what: 'the generators',
      options: 'gen.n_downsample',
      problemAt: (crop) => {
        const content = walk(generator.contentEncoder.node, image(crop));
        const style = generator.styleEncoder === undefined ? undefined : walk(generator.styleEncoder.node, image(crop)).problem;
        return content.problem ?? style ?? walk(generator.decoder.node, content.output).problem;
      },
    },
    {
      what: 'the discriminators',
      options: 'dis.num_scales or dis.n_layer',
      problemAt: (crop) => {
        let seen = image(crop);
        for (const [i, { node }] of discriminators.scales.entries()) {
          if (i > 0) seen = walk(discriminators.pool, seen).output;
          const { problem } = walk(node, seen);
          if (problem !== undefined) return `at scale ${i + 1}, ${problem}`;
        }
        return undefined;
      },
    },
  ];
}

/** Why a step cannot be made, as the ops would say: `conv2d` and `applyNorm`. */
function problemOf({ step, input, output }: TracedStep, batch: number): string | undefined {
  const weight = step.kind === 'weighted' ? step.weight.node : undefined;
  if (weight?.op === 'convolution' && weight.padMode === 'reflect' && weight.padding >= weight.upsample * Math.min(input.height, input.width) && weight.padding > 0) {
    return `a reflect padding of ${weight.padding} meets a map of ${input.height}×${input.width}`;
  }
  if (Math.min(output.height, output.width) < 1) return `nothing is left of a map of ${input.height}×${input.width}`;
  const norm = step.kind === 'weighted' ? step.norm?.node : step.kind === 'op' && step.op.node.op === 'norm' ? step.op.node : undefined;
  return norm !== undefined && valuesNormalized(norm, output, batch) < 2 ? `the norm '${norm.norm}' meets a single value per channel` : undefined;
}

/** Values that share a mean; layer norm has a meaning for a single pixel too. */
function valuesNormalized({ norm }: NormNode, { height, width }: MapSize, batch: number): number {
  return norm === 'ln' ? Infinity : (norm === 'bn' ? batch : 1) * height * width;
}

function smallestCrop({ problemAt }: Walk, multiple: number): number | undefined {
  for (let size = multiple; size <= LARGEST_SUGGESTION; size += multiple) if (problemAt({ height: size, width: size }) === undefined) return size;
  return undefined;
}
