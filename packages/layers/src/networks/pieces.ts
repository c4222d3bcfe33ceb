/** Feature networks piece by piece: parts of a description and the specs of their parameters, which cannot differ as they come from one call. */
import { convBlock } from '../blocks/convBlock.js';
import type { OpNode, Part } from '../describe/nodes.js';
import { sequence } from '../describe/nodes.js';
import type { ParameterSpecs } from '../parameters/spec.js';
import { featureNames } from './vgg16.js';

/** Ops that run one after the other, and their parameters by key. */
export interface Piece {
  readonly parts: readonly Part[];
  readonly specs: Readonly<Record<string, ParameterSpecs>>;
}

/** Rows and columns, where they differ. */
export type Sides = number | readonly [rows: number, columns: number];

interface ConvOptions {
  readonly stride?: number;
  /** Zeros around. Default 0. */
  readonly padding?: Sides;
}

const both = (sides: Sides): readonly [number, number] => (typeof sides === 'number' ? [sides, sides] : sides);

/** An op without parameters. */
export const op = (node: OpNode): Piece => ({ parts: [{ key: '', name: '', node }], specs: {} });

/** A convolution with relu, under its key, which is its official name too. A border that is not square is an op of its own. */
export function conv(key: string, inChannels: number, outChannels: number, kernel: Sides, { stride = 1, padding = 0 }: ConvOptions = {}): Piece {
  const [rows, columns] = both(padding);
  const [kernelHeight, kernelWidth] = both(kernel);
  const square = rows === columns;
  const block = convBlock({ inChannels, outChannels, kernel: kernelHeight, kernelWidth, stride, padding: square ? rows : 0 }, featureNames);
  const convolved: Piece = { parts: [{ key, name: key, node: block.describe() }], specs: { [key]: block.specs } };
  return square ? convolved : chain(op({ op: 'pad', padMode: 'zero', rows, columns }), convolved);
}

/** One after the other. */
export const chain = (...pieces: readonly Piece[]): Piece => ({
  parts: pieces.flatMap(({ parts }) => parts),
  specs: Object.fromEntries(pieces.flatMap(({ specs }) => Object.entries(specs))),
});

/** All on the same input, their outputs behind one another along the channels. */
export const beside = (...pieces: readonly Piece[]): Piece => ({
  parts: [{ key: '', name: '', node: { op: 'branches', branches: pieces.map(({ parts }) => ({ key: '', name: '', node: sequence(parts) })) } }],
  specs: chain(...pieces).specs,
});

/** A piece under a key, which is its official name too; `tap` names its output. */
export const under = (key: string, { parts, specs }: Piece, tap?: string): Piece => ({
  parts: [{ key, name: key, node: sequence(parts), ...(tap === undefined ? {} : { tap }) }],
  specs: { [key]: specs },
});

/** A piece whose output has a name. */
export const tapped = ({ parts, specs }: Piece, tap: string): Piece => ({ parts: parts.map((part, i) => (i === parts.length - 1 ? { ...part, tap } : part)), specs });
