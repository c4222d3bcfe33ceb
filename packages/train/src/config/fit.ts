/** Whether a configuration's crop goes through its networks: found by walking their descriptions, before anything is read or made. */
import { bicycleGanEncoder, bicycleGanTranslator, cycleGanTranslator } from '@munit/formats';
import {
  type LatentEncoder,
  type LayerNode,
  type MapSize,
  multiScaleDiscriminator,
  munitGenerator,
  type NormNode,
  patchDiscriminator,
  type PatchDiscriminatorArchitecture,
  type ScalesNode,
  trace,
  type TracedStep,
  unitGenerator,
} from '@munit/layers';
import { architecturesOf } from './architectures.js';
import { directionOf } from './bestMetric.js';
import { metricNames, type TrainingConfig } from './schema.js';
import { bicycleGanArchitecture, bicycleGanDiscriminators, cycleGanArchitecture, cycleGanDiscriminators } from './translators.js';

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
  const misfits = [...contradictionsOf(config), ...trainerContradictions(config), ...bestMetricMisfits(config)];
  const { multiple, options } = halvingsOf(config);
  for (const side of ['height', 'width'] as const) {
    const size = crop[side];
    if (size % multiple === 0) continue;
    const lower = size - (size % multiple);
    misfits.push({
      problem: `'crop_image_${side}' is ${size}, but it must be a multiple of ${multiple} (${options === 'netG' ? `netG: ${config.netG}` : `2^${options}`})`,
      remedy: multiple > size ? `Lower ${options}, or use a larger crop.` : `Set crop_image_${side} to ${lower} or ${lower + multiple}.`,
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

/** What a crop's sides must be multiples of, and the option that decides it. */
function halvingsOf(config: TrainingConfig): { readonly multiple: number; readonly options: string } {
  const unet = (config.trainer === 'CycleGAN' || config.trainer === 'BicycleGAN') && config.netG !== 'resnet';
  return unet ? { multiple: 2 ** cycleGanArchitecture(config).nDownsample, options: 'netG' } : { multiple: 2 ** config.gen.n_downsample, options: 'gen.n_downsample' };
}

/** Terms that only some trainers have: elsewhere their weights would be without effect. */
const ownTerms: readonly { readonly key: 'mode_seeking_w' | 'style_kl_w' | 'style_mmd_w' | 'r1_w' | 'consistency_w'; readonly trainers: readonly TrainingConfig['trainer'][] }[] = [
  { key: 'mode_seeking_w', trainers: ['MUNIT'] },
  { key: 'style_kl_w', trainers: ['MUNIT'] },
  { key: 'style_mmd_w', trainers: ['MUNIT'] },
  { key: 'r1_w', trainers: ['MUNIT', 'UNIT'] },
  { key: 'consistency_w', trainers: ['MUNIT', 'UNIT'] },
];

/** Sizes that contradict each other whatever the images are. */
function* contradictionsOf(config: TrainingConfig): Iterable<Misfit> {
  if (config.trainer === 'MUNIT' && config.gen.n_res === 0) {
    yield { problem: "'gen.n_res' is 0, but MUNIT's decoder takes the style in its residual blocks", remedy: 'Set gen.n_res to at least 1.' };
  }
  if ((config.trainer === 'MUNIT' || config.trainer === 'BicycleGAN') && config.gen.style_dim === 0) {
    yield { problem: `'gen.style_dim' is 0, but ${config.trainer} has styles`, remedy: 'Set gen.style_dim to at least 1.' };
  }
  const { gen, dis, trainer } = config;
  if (trainer !== 'MUNIT' && (gen.up_norm !== 'ln' || gen.pre_act || gen.blur_down || gen.output !== 'tanh' || gen.spectral_norm)) {
    yield { problem: `'gen.up_norm', 'gen.pre_act', 'gen.blur_down', 'gen.output' and 'gen.spectral_norm' are options of MUNIT, but ${trainer} is trained`, remedy: 'Leave them out, or train MUNIT.' };
  }
  if (dis.global && trainer !== 'MUNIT' && trainer !== 'UNIT') {
    yield { problem: `'dis.global' is an option of MUNIT and UNIT, but ${trainer} is trained`, remedy: 'Leave it out, or train MUNIT or UNIT.' };
  }
  if (dis.global && dis.norm !== 'none' && dis.norm !== 'sn') {
    yield { problem: `'dis.norm' is ${dis.norm}, but a discriminator with 'dis.global' has spectral norm or none: another norm would take from its one score what tells whole images apart`, remedy: "Set dis.norm to 'sn' or 'none', or leave dis.global out." };
  }
  for (const { key, trainers } of ownTerms) {
    if (config[key] > 0 && !trainers.includes(config.trainer)) {
      yield { problem: `'${key}' is ${config[key]}, but ${config.trainer} has no such term`, remedy: `Set ${key} to 0, or train ${trainers.join(' or ')}.` };
    }
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

/** Options that a trainer has no use for, or cannot do. */
function* trainerContradictions(config: TrainingConfig): Iterable<Misfit> {
  const { trainer, without, dis } = config;
  if (without.length > 0 && trainer !== 'MUNIT') {
    yield { problem: `'without' leaves out reconstruction terms of MUNIT, but the trainer is ${trainer}`, remedy: 'Leave it out, or set trainer to MUNIT.' };
  }
  if (trainer === 'MUNIT' && config.gan_w + remainingWeights(config) === 0) {
    yield { problem: "'without' leaves nothing to train by", remedy: 'Leave out fewer terms.' };
  }
  if (trainer !== 'CycleGAN' && trainer !== 'BicycleGAN') return;
  if (dis.norm !== 'in' && dis.norm !== 'none') {
    yield { problem: `'dis.norm' is ${dis.norm}, but ${trainer}'s discriminators take 'in' or 'none'`, remedy: "Set dis.norm (published: norm) to 'in' (instance) or 'none'." };
  }
  if (config.vgg_w > 0) yield { problem: `'vgg_w' is ${config.vgg_w}, but ${trainer} has no perceptual term`, remedy: 'Set vgg_w to 0.' };
  if (trainer === 'CycleGAN') yield* cycleGanContradictions(config);
  else yield* bicycleGanContradictions(config);
}

/** The weights of MUNIT's terms that are left. */
const remainingWeights = ({ without, recon_x_w: image, recon_c_w: content, recon_s_w: style, recon_x_cyc_w: cycle, vgg_w: perceptual }: TrainingConfig): number =>
  Object.entries({ image, content, style }).reduce((sum, [name, weight]) => sum + ((without as readonly string[]).includes(name) ? 0 : weight), cycle + perceptual);

function* cycleGanContradictions({ lambda_identity, input_dim_a, input_dim_b, netD, gen }: TrainingConfig): Iterable<Misfit> {
  if (lambda_identity > 0 && input_dim_a !== input_dim_b) {
    yield { problem: `'lambda_identity' is ${lambda_identity}, but the domains have ${input_dim_a} and ${input_dim_b} channels`, remedy: 'Set lambda_identity to 0, or give both domains as many channels.' };
  }
  if (netD.startsWith('basic_')) yield { problem: `'netD' is ${netD}, which is BicycleGAN's`, remedy: "Set netD to 'n_layers', 'basic' or 'pixel'." };
  if (gen.activ !== 'relu') yield { problem: `'gen.activ' is ${gen.activ}, but CycleGAN's generators have relu`, remedy: "Set gen.activ to 'relu'." };
}

function* bicycleGanContradictions(config: TrainingConfig): Iterable<Misfit> {
  const { batch_size, netG, netD, gen, lambda_GAN, lambda_GAN2, diff_augment } = config;
  if (batch_size % 2 === 1) {
    yield { problem: `'batch_size' is ${batch_size}, but BicycleGAN encodes one half of a batch and judges by the other`, remedy: 'Set batch_size to an even number.' };
  }
  if (netG === 'resnet') yield { problem: "'netG' is resnet, but BicycleGAN's generator is a U-Net", remedy: "Set netG to 'unet_256', or the power of two that your images are multiples of." };
  if (!netD.startsWith('basic_')) yield { problem: `'netD' is ${netD}, which is CycleGAN's`, remedy: "Set netD to 'basic_256_multi', 'basic_128' or the like." };
  if (gen.activ !== 'relu' && gen.activ !== 'lrelu') yield { problem: `'gen.activ' is ${gen.activ}, but BicycleGAN's generator takes relu or lrelu`, remedy: "Set gen.activ (published: nl) to 'relu' or 'lrelu'." };
  if (lambda_GAN + lambda_GAN2 === 0) yield { problem: "'lambda_GAN' and 'lambda_GAN2' are 0, so the discriminators have nothing to train by", remedy: 'Set one of them.' };
  if (diff_augment.length > 0) yield { problem: "'diff_augment' is not an option of BicycleGAN", remedy: 'Leave it out.' };
}

/** A network, and the first place at which a crop does not go through it. */
interface Walk {
  readonly what: string;
  /** The options that decide how deep it is. */
  readonly options: string;
  readonly problemAt: (crop: Crop) => string | undefined;
}

/** The networks of one domain; those of the other have the same sizes. */
function walksOf(config: TrainingConfig): Walk[] {
  switch (config.trainer) {
    case 'CycleGAN':
      return cycleGanWalks(config);
    case 'BicycleGAN':
      return bicycleGanWalks(config);
    default:
      return autoEncoderWalks(config);
  }
}

/** A description walked through with one size of image. */
function walkThrough(config: TrainingConfig, node: LayerNode, input: MapSize): { readonly problem: string | undefined; readonly output: MapSize } {
  const steps = trace(node, input);
  return { problem: steps.map((step) => problemOf(step, config.batch_size)).find((found) => found !== undefined), output: steps.at(-1)?.output ?? input };
}

/** A generator in one piece, or an encoder. */
const walkOfOne = (config: TrainingConfig, what: string, options: string, node: LayerNode, channels: number): Walk => ({
  what,
  options,
  problemAt: (crop) => walkThrough(config, node, { ...crop, channels }).problem,
});

function walkOfScales(config: TrainingConfig, options: string, node: LayerNode, channels: number): Walk {
  // A network for whole images halves as often as those of patches, so that it takes whatever they take.
  const { scales, pool } = node as ScalesNode;
  return {
    what: 'the discriminators',
    options,
    problemAt: (crop) => {
      let seen: MapSize = { ...crop, channels };
      for (const [i, { node: scale }] of scales.entries()) {
        if (i > 0) seen = walkThrough(config, pool, seen).output;
        const { problem } = walkThrough(config, scale, seen);
        if (problem !== undefined) return scales.length === 1 ? problem : `at scale ${i + 1}, ${problem}`;
      }
      return undefined;
    },
  };
}

/** MUNIT's and UNIT's. Of one channel each: sizes do not depend on the channels. */
function autoEncoderWalks(config: TrainingConfig): Walk[] {
  const { gen, dis } = architecturesOf({ ...config, gen: { ...config.gen, dim: 1, n_res: Math.min(config.gen.n_res, 1) }, dis: { ...config.dis, dim: 1 } });
  const generator = (config.trainer === 'UNIT' ? unitGenerator(gen.a) : munitGenerator(gen.a)).describe().roles;
  const depth = { nLayer: Math.min(dis.a.nLayer, DEEPEST), numScales: Math.min(dis.a.numScales, DEEPEST) };
  return [
    {
      what: 'the generators',
      options: 'gen.n_downsample',
      problemAt: (crop) => {
        const image: MapSize = { ...crop, channels: config.input_dim_a };
        const content = walkThrough(config, generator.contentEncoder.node, image);
        const style = generator.styleEncoder === undefined ? undefined : walkThrough(config, generator.styleEncoder.node, image).problem;
        return content.problem ?? style ?? walkThrough(config, generator.decoder.node, content.output).problem;
      },
    },
    walkOfScales(config, 'dis.num_scales or dis.n_layer', multiScaleDiscriminator({ ...dis.a, ...depth }).describe(), config.input_dim_a),
  ];
}

function cycleGanWalks(config: TrainingConfig): Walk[] {
  const generator = cycleGanTranslator({ ...cycleGanArchitecture(config), dim: 1, nRes: Math.min(config.gen.n_res, 1) }, 'b');
  const judge = cycleGanDiscriminators(config).b;
  const depth = { dim: 1, nLayer: Math.min(judge.nLayer, DEEPEST), numScales: Math.min(judge.numScales, DEEPEST) };
  return [
    walkOfOne(config, 'the generators', config.netG === 'resnet' ? 'gen.n_downsample' : 'netG', generator.describe(), config.input_dim_a),
    walkOfScales(config, 'dis.num_scales or dis.n_layer', patchDiscriminator({ ...judge, ...depth }).describe(), config.input_dim_b),
  ];
}

function bicycleGanWalks(config: TrainingConfig): Walk[] {
  const architecture = { ...bicycleGanArchitecture(config), dim: 1, encoderDim: 1 };
  const { D, D2 = D } = bicycleGanDiscriminators(config);
  const scales = (judge: PatchDiscriminatorArchitecture, options: string): Walk =>
    walkOfScales(config, options, patchDiscriminator({ ...judge, dim: 1, numScales: Math.min(judge.numScales, DEEPEST) }).describe(), judge.inputDim);
  return [
    walkOfOne(config, 'the generator', 'netG', bicycleGanTranslator(architecture).describe(), config.input_dim_a),
    // A configuration always names one.
    walkOfOne(config, 'the style encoder', 'netE', (bicycleGanEncoder(architecture) as LatentEncoder).describe(), config.input_dim_b),
    scales(D, 'netD or dis.num_scales'),
    scales(D2, 'netD2 or dis.num_scales'),
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

/** A best metric that nobody measures would keep no checkpoint as the best. */
function bestMetricMisfits({ best_metric: best, metrics }: TrainingConfig): Misfit[] {
  if (best === undefined || directionOf(best, metrics) !== undefined) return [];
  return [{ problem: `'best_metric' is '${best}', which is neither one of 'metrics' nor a figure of a benchmark`, remedy: `Add it to metrics (${metricNames.join(', ')}), or leave best_metric out.` }];
}
