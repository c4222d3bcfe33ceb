/** What the programs of one normalisation share: sizes, and how its affine map and its statistics are read. */
import { type Attributes, type GpuTensor, type KernelInputs, input, shape4, type Uniform } from '../../../wgsl/types.js';
import { buffer, type Lanes, lanesFor, typeOf } from '../../../wgsl/wgsl.js';
import { activationCode, activationKind, slopeMember, slopeOf } from '../../activation/webgpu.js';
import type { NormalizeParameters } from '../types.js';

export interface Setting extends NormalizeParameters {
  /** Slope of the leaky ReLU. */
  readonly slope: number;
  /** Whether scale and shift are [N, C]. */
  readonly perSample: boolean;
  readonly samples: number;
  readonly pixels: number;
  readonly channels: number;
  readonly lanes: Lanes;
  readonly x: GpuTensor;
  readonly scale: GpuTensor | undefined;
  readonly shift: GpuTensor | undefined;
}

export function settingOf(inputs: KernelInputs, attributes: Attributes): Setting {
  const x = input(inputs, 'x');
  const [samples, height, width, channels] = shape4(x);
  // What `ops/normalize/simd.ts` gives with every call.
  const given = attributes as unknown as NormalizeParameters & Pick<Setting, 'slope' | 'perSample'>;
  return { ...given, samples, pixels: height * width, channels, lanes: lanesFor(channels), x, scale: inputs['scale'], shift: inputs['shift'] };
}

/** All that a program's code depends on; numbers are uniforms. */
export const settingKey = (s: Setting): string =>
  `${s.over} ${activationKind(s.activation)} ${s.scale === undefined ? '' : 'scale'} ${s.shift === undefined ? '' : 'shift'} ${s.lanes}`;

/** The uniforms of each program, and their values; more may follow. `affineStep` is from one sample's scale and shift to the next one's. */
export const settingSizes = ['pixels', 'vectors', 'affineStep', slopeMember, 'epsilon: f32'] as const;
export function settingSizesOf(s: Setting): Uniform[] {
  const vectors = s.channels / s.lanes;
  return [s.pixels, vectors, s.perSample ? vectors : 0, slopeOf(s.activation, s.slope), { float: s.epsilon }];
}

/** The affine tensors that there are, in the order of their bindings. */
export const affineTensors = ({ scale, shift }: Setting): GpuTensor[] => [scale, shift].filter((tensor) => tensor !== undefined);

/** How many statistics a sample has. */
export const statisticsOf = ({ over, channels }: Setting): number => (over === 'layer' ? 1 : channels);
/** As their buffers are read: one for all channels, or one for each. */
export const statisticsLanes = ({ over, lanes }: Setting): Lanes => (over === 'layer' ? 1 : lanes);

/** `fn statistic(which, sample, channel)` from the buffer `statistics`, [N, `rows`, 1 or C]. `channel` counts vectors. */
export function statisticCode(s: Setting, name: string, rows: number): string {
  const type = typeOf(s.lanes);
  const at = s.over === 'layer' ? `sample * ${rows} + which` : `(sample * ${rows} + which) * sizes.vectors + channel`;
  return `fn ${name}At(which: i32, sample: i32, channel: i32) -> ${type} { return ${type}(${name}[${at}]); }`;
}

/** The bindings of scale and shift from `first` on, and `fn affine(x, sample, channel)`, `fn scaleAt(sample, channel)`. */
export function affineCode(s: Setting, first: number): string {
  const type = typeOf(s.lanes);
  const at = 'sample * sizes.affineStep + channel';
  const shiftBinding = first + (s.scale === undefined ? 0 : 1);
  return `
${s.scale === undefined ? '' : buffer(first, 'scale', s.lanes)}
${s.shift === undefined ? '' : buffer(shiftBinding, 'shift', s.lanes)}
fn scaleAt(sample: i32, channel: i32) -> ${type} { return ${s.scale === undefined ? `${type}(1.0)` : `scale[${at}]`}; }
fn affine(x: ${type}, sample: i32, channel: i32) -> ${type} { return x${s.scale === undefined ? '' : ` * scale[${at}]`}${s.shift === undefined ? '' : ` + shift[${at}]`}; }
${activationCode(activationKind(s.activation), s.lanes)}`;
}
