/**
 * Names and shapes of the published networks' tensors, in the order in which their modules register them.
 * The order matters: optimizer states know parameters only by their place in it.
 */
import {
  type Activation,
  contentChannels,
  type DiscriminatorArchitecture,
  type GeneratorArchitecture,
  type MunitArchitecture,
} from './architecture.js';

export interface LayoutEntry {
  readonly name: string;
  readonly shape: readonly number[];
  /** Trained; kept beside the weights but not trained (spectral norm's vectors); or a buffer, which may be absent. */
  readonly role: 'parameter' | 'frozen' | 'buffer';
}

type Norm = 'none' | 'adain' | 'ln' | 'bn' | 'sn';

/** Downsamplings of the style encoder, and layers of the MLP: fixed in the published code. */
export const STYLE_DOWNSAMPLES = 4;
export const MLP_LAYERS = 3;

function parameter(name: string, ...shape: number[]): LayoutEntry {
  return { name, shape, role: 'parameter' };
}

function buffer(name: string, ...shape: number[]): LayoutEntry {
  return { name, shape, role: 'buffer' };
}

function norm(name: string, kind: Norm, channels: number): LayoutEntry[] {
  const statistics = [buffer(`${name}.running_mean`, channels), buffer(`${name}.running_var`, channels)];
  switch (kind) {
    case 'adain':
      return statistics;
    case 'ln':
      return [parameter(`${name}.gamma`, channels), parameter(`${name}.beta`, channels)];
    case 'bn':
      return [
        parameter(`${name}.weight`, channels),
        parameter(`${name}.bias`, channels),
        ...statistics,
        buffer(`${name}.num_batches_tracked`),
      ];
    default:
      return [];
  }
}

function convolution(name: string, out: number, into: number, kernel: number, spectral = false): LayoutEntry[] {
  if (!spectral) return [parameter(`${name}.weight`, out, into, kernel, kernel), parameter(`${name}.bias`, out)];
  return [
    parameter(`${name}.module.bias`, out),
    { name: `${name}.module.weight_u`, shape: [out], role: 'frozen' },
    { name: `${name}.module.weight_v`, shape: [into * kernel * kernel], role: 'frozen' },
    parameter(`${name}.module.weight_bar`, out, into, kernel, kernel),
  ];
}

interface Block {
  readonly out: number;
  readonly into: number;
  readonly kernel: number;
  readonly norm?: Norm;
  readonly activ?: Activation;
}

/** The published Conv2dBlock: norm, activation and convolution, registered in this order. */
function block(name: string, { out, into, kernel, norm: kind = 'none', activ = 'none' }: Block): LayoutEntry[] {
  return [
    ...norm(`${name}.norm`, kind, out),
    ...(activ === 'prelu' ? [parameter(`${name}.activation.weight`, 1)] : []),
    ...convolution(`${name}.conv`, out, into, kernel, kind === 'sn'),
  ];
}

function residuals(name: string, count: number, channels: number, kind: Norm, activ: Activation): LayoutEntry[] {
  const conv = { out: channels, into: channels, kernel: 3, norm: kind };
  return Array.from({ length: count }, (_, i) => [
    ...block(`${name}.model.${i}.model.0`, { ...conv, activ }),
    ...block(`${name}.model.${i}.model.1`, conv),
  ]).flat();
}

function contentEncoder(name: string, gen: GeneratorArchitecture, inputDim: number): LayoutEntry[] {
  const { dim, nDownsample, nRes, activ } = gen;
  const entries = block(`${name}.model.0`, { out: dim, into: inputDim, kernel: 7, activ });
  for (let i = 0; i < nDownsample; i++) {
    const into = dim * 2 ** i;
    entries.push(...block(`${name}.model.${i + 1}`, { out: 2 * into, into, kernel: 4, activ }));
  }
  // Instance norm has no weights: the blocks look as if they had no norm.
  return [...entries, ...residuals(`${name}.model.${nDownsample + 1}`, nRes, contentChannels(gen), 'none', activ)];
}

function styleEncoder(name: string, gen: MunitArchitecture, inputDim: number): LayoutEntry[] {
  const { dim, activ, styleDim } = gen;
  const entries = block(`${name}.model.0`, { out: dim, into: inputDim, kernel: 7, activ });
  let into = dim;
  for (let i = 1; i <= STYLE_DOWNSAMPLES; i++) {
    const out = i <= 2 ? 2 * into : into;
    entries.push(...block(`${name}.model.${i}`, { out, into, kernel: 4, activ }));
    into = out;
  }
  // Between them lies the pooling, which has a place in the list and no weights.
  return [...entries, ...convolution(`${name}.model.${STYLE_DOWNSAMPLES + 2}`, styleDim, into, 1)];
}

function decoder(name: string, gen: GeneratorArchitecture, outputDim: number): LayoutEntry[] {
  const { nDownsample, nRes, activ } = gen;
  let channels = contentChannels(gen);
  const kind = gen.method === 'munit' ? 'adain' : 'none';
  const entries = residuals(`${name}.model.0`, nRes, channels, kind, activ);
  for (let i = 0; i < nDownsample; i++) {
    const shape = { out: channels / 2, into: channels, kernel: 5 };
    entries.push(...block(`${name}.model.${2 * i + 2}`, { ...shape, norm: 'ln', activ }));
    channels /= 2;
  }
  return [...entries, ...block(`${name}.model.${2 * nDownsample + 1}`, { out: outputDim, into: channels, kernel: 7 })];
}

function mlp(name: string, gen: MunitArchitecture): LayoutEntry[] {
  const widths = [gen.styleDim, gen.mlpDim, gen.mlpDim, adainParameters(gen)];
  return Array.from({ length: MLP_LAYERS }, (_, i) => {
    const [into, out] = [widths[i] as number, widths[i + 1] as number];
    const linear = [parameter(`${name}.model.${i}.fc.weight`, out, into), parameter(`${name}.model.${i}.fc.bias`, out)];
    const learned = gen.activ === 'prelu' && i < MLP_LAYERS - 1;
    return learned ? [...linear, parameter(`${name}.model.${i}.activation.weight`, 1)] : linear;
  }).flat();
}

/** Scales and shifts of all AdaIN layers: two norms per residual block, two values per channel. */
export function adainParameters(gen: MunitArchitecture): number {
  return 4 * gen.nRes * contentChannels(gen);
}

/** The tensors of one domain's generator, by their published names and in their order. */
export function generatorLayout(gen: GeneratorArchitecture, domain: 'a' | 'b'): LayoutEntry[] {
  const channels = gen.inputDim[domain];
  if (gen.method === 'unit') return [...contentEncoder('enc', gen, channels), ...decoder('dec', gen, channels)];
  return [
    ...styleEncoder('enc_style', gen, channels),
    ...contentEncoder('enc_content', gen, channels),
    ...decoder('dec', gen, channels),
    ...mlp('mlp', gen),
  ];
}

/** The tensors of one domain's discriminator, by their published names and in their order. */
export function discriminatorLayout(dis: DiscriminatorArchitecture, domain: 'a' | 'b'): LayoutEntry[] {
  const { dim, nLayer, numScales, activ } = dis;
  const kind = dis.norm === 'in' ? 'none' : dis.norm;
  return Array.from({ length: numScales }, (_, scale) => {
    const name = `cnns.${scale}`;
    const entries = block(`${name}.0`, { out: dim, into: dis.inputDim[domain], kernel: 4, activ });
    let channels = dim;
    for (let i = 1; i < nLayer; i++) {
      entries.push(...block(`${name}.${i}`, { out: 2 * channels, into: channels, kernel: 4, norm: kind, activ }));
      channels *= 2;
    }
    return [...entries, ...convolution(`${name}.${nLayer}`, 1, channels, 1)];
  }).flat();
}
