/** The U-Nets of pix2pix, CycleGAN and BicycleGAN (`UnetGenerator`, `G_Unet_add_input`, `G_Unet_add_all`). */
import { checkInteger, checkKeys, checkOneOf, type Tensor4D } from '@munit/core';
import { convBlock, type ConvBlockParams } from '../blocks/convBlock.js';
import { upBlock, type Upsampling } from '../blocks/upBlock.js';
import { activationNode, identityPart, type LayerNode, type Part, part, sequence } from '../describe/nodes.js';
import { runnerOf } from '../describe/run.js';
import { type Layer, layerOf } from '../layer.js';
import type { LayerActivation } from '../names.js';
import type { SpecsOf } from '../parameters/spec.js';
import { checkStyleInput, type ImageTranslator, type StyleInput } from './imageTranslator.js';
import type { PatchNorm } from './patchDiscriminator.js';

/** Options of `unetGenerator`, by the published names. */
export interface UnetGeneratorOptions extends StyleInput {
  /** Channels of the images that go in (`input_nc`). */
  readonly inputDim: number;
  /** Channels of the images that come out (`output_nc`). */
  readonly outputDim: number;
  /** Channels of the first layer; each level doubles them, up to 8 times as many (`ngf`). */
  readonly dim: number;
  /** Halvings: 7 for `unet_128`, 8 for `unet_256`. Images must be multiples of 2^nDownsample. */
  readonly nDownsample: number;
  /** Of all layers but the first, the innermost and the last. */
  readonly norm: PatchNorm;
  /** Before each doubling (`nl`); before each halving it is lrelu. */
  readonly activation: Extract<LayerActivation, 'relu' | 'lrelu'>;
  /** How maps are doubled. */
  readonly upsampling: Upsampling;
  /** Whether half of the values of the innermost levels are dropped in training. */
  readonly dropout: boolean;
  /** Whose official names and order of channels: CycleGAN's put a level's input first, BicycleGAN's what comes from below. */
  readonly names: 'cyclegan' | 'bicyclegan';
}

/** Parameters of one level of a `unetGenerator`, and of those within it. */
export type UnetLevelParams = {
  /** 4×4 at stride 2. */
  readonly down: ConvBlockParams;
  /** The level within; the innermost has none. */
  readonly inner?: UnetLevelParams;
  /** The doubling. */
  readonly up: ConvBlockParams;
};

/** A U-Net. */
export interface UnetGenerator extends Layer<UnetLevelParams>, ImageTranslator<UnetLevelParams> {
  /** `unetGenerator`. */
  readonly kind: 'unetGenerator';
}

interface Level {
  readonly specs: SpecsOf<UnetLevelParams>;
  readonly node: LayerNode;
}

const bare = (node: LayerNode | undefined): Part[] => (node === undefined ? [] : [{ key: '', name: '', node }]);

/**
 * nDownsample levels, each around the next: lrelu, 4×4 at stride 2, norm, the level within, relu, doubling, norm; what comes out stands
 * beside what went in. The outermost begins with its convolution and ends with tanh; the innermost has no norm before its relu.
 *
 * A style is appended to the image (`whereAdd: input`) or to the input of every level (`all`). In the published code lrelu works in
 * place, so that what goes past a level has been through it, except where a style is appended first: so it does here.
 * @throws ArgumentError for an unknown option or one out of range
 */
export function unetGenerator(options: UnetGeneratorOptions): UnetGenerator {
  const where = 'unetGenerator';
  checkKeys(where, options, ['inputDim', 'outputDim', 'dim', 'nDownsample', 'norm', 'activation', 'upsampling', 'dropout', 'names', 'styleDim', 'whereAdd']);
  for (const name of ['inputDim', 'outputDim', 'dim'] as const) checkInteger(where, name, options[name], 1);
  checkInteger(where, 'nDownsample', options.nDownsample, 2);
  checkOneOf(where, 'norm', options.norm, ['in', 'none']);
  checkOneOf(where, 'activation', options.activation, ['relu', 'lrelu']);
  checkOneOf(where, 'upsampling', options.upsampling, ['basic', 'bilinear']);
  checkOneOf(where, 'names', options.names, ['cyclegan', 'bicyclegan']);
  checkStyleInput(where, options);
  const { specs, node } = levelOf(options, 0);
  const whole = sequence([{ key: '', name: 'model', node }]);
  const runner = runnerOf(where, whole);
  return {
    ...layerOf<UnetGenerator>(where, specs, whole, 'gaussian'),
    sizeMultiple: 2 ** options.nDownsample,
    minimumSize: 2 ** options.nDownsample,
    translate: (params, x, style, rng) => runner.run(params, x, { code: style, dropout: rng }) as Tensor4D,
  };
}

function levelOf(options: UnetGeneratorOptions, level: number): Level {
  const { inputDim, outputDim, nDownsample, norm, activation, upsampling, styleDim, whereAdd } = options;
  const [outermost, innermost] = [level === 0, level === nDownsample - 1];
  const width = (at: number): number => options.dim * Math.min(2 ** at, 8);
  const [outer, inner] = [outermost ? outputDim : width(level - 1), width(level)];
  const appended = outermost || whereAdd === 'all' ? styleDim : 0;
  const names = namesOf(options, { outermost, innermost, styled: whereAdd === 'all' && styleDim > 0 });

  const within = innermost ? undefined : levelOf(options, level + 1);
  const down = convBlock(
    { inChannels: (outermost ? inputDim : outer) + appended, outChannels: inner, kernel: 4, stride: 2, padding: 1, norm: outermost || innermost ? 'none' : norm, activation: 'none' },
    { conv: names.down, norm: '', activation: '' },
  );
  const up = upBlock({ inChannels: innermost ? inner : 2 * inner, outChannels: outer, upsampling, kernel: 4, norm: outermost ? 'none' : norm, activation: outermost ? 'tanh' : 'none' }, names.up);
  const specs: SpecsOf<UnetLevelParams> = { down: down.specs, ...(within === undefined ? {} : { inner: within.specs }), up: up.specs };

  const style: LayerNode | undefined = appended === 0 ? undefined : { op: 'appendCode', channels: appended };
  const chain = (before: readonly Part[]): LayerNode =>
    sequence([
      ...before,
      part('down', '', down),
      ...(within === undefined ? [] : [{ key: 'inner', name: names.inner, node: within.node }]),
      ...bare(activationNode(activation)),
      part('up', '', up),
      // Only levels that are 8 times as wide without and within.
      ...bare(options.dropout && level >= 4 && !innermost ? { op: 'dropout', rate: 0.5 } : undefined),
    ]);
  if (outermost) return { specs, node: chain(bare(style)) };
  const leaky = bare(activationNode('lrelu'));
  const past = (node: LayerNode): Part => {
    const body: Part = { key: '', name: '', node };
    return { key: '', name: '', node: { op: 'branches', branches: options.names === 'cyclegan' ? [identityPart, body] : [body, identityPart] } };
  };
  // With a style, lrelu works on the copy that has it.
  const parts = style === undefined ? [...leaky, past(chain([]))] : [past(chain([...bare(style), ...leaky]))];
  return { specs, node: sequence(parts) };
}

/** Where a level's modules are within it: `down` and `up` are those of the convolutions. */
interface LevelNames {
  readonly down: string;
  readonly inner: string;
  readonly up: string;
}

function namesOf({ names, norm, upsampling }: UnetGeneratorOptions, { outermost, innermost, styled }: { readonly outermost: boolean; readonly innermost: boolean; readonly styled: boolean }): LevelNames {
  // Bilinear enlargement and the padding are modules too.
  const convolution = upsampling === 'bilinear' ? 3 : 1;
  if (styled) return { down: `down.${outermost ? 0 : 1}`, inner: 'submodule', up: `up.${convolution}` };
  // One list of modules: lrelu, convolution, norm, the level within, relu, doubling, norm. CycleGAN's has a norm that does nothing in place of none.
  const down = outermost ? 0 : 1;
  const normed = !outermost && !innermost && (norm !== 'none' || names === 'cyclegan');
  const inner = down + 1 + (normed ? 1 : 0);
  return { down: `model.${down}`, inner: `model.${inner}`, up: `model.${inner + (innermost ? 0 : 1) + convolution}` };
}
