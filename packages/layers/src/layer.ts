/** What every layer is: a value that knows its parameters, can draw them, describes itself as data, and applies its parameters purely. */
import type { Params, Rng } from '@munit/core';
import type { LayerNode } from './describe/nodes.js';
import type { Initializer } from './parameters/initializers.js';
import { initialize, type ParameterSpecs, type SpecsOf } from './parameters/spec.js';

/** A layer with parameters of type `P`; what it computes is added by each kind of layer as `apply`. */
export interface Layer<P extends Params = Params> {
  /** Its factory's name. */
  readonly kind: string;
  /** Shape and initial value of every parameter. */
  readonly specs: SpecsOf<P>;
  /** Draws the parameters; the caller owns them. Biases start at 0, whatever the initialiser. */
  init(rng: Rng, initializer?: Initializer): P;
  /** Ops, constants and parameters of the layer, as a tree: what `apply` runs, and what exports and estimates are made from. */
  describe(): LayerNode;
}

/** What official names need of a layer: every layer has it. */
export interface OfficialLayer {
  /** For messages. */
  readonly kind: string;
  /** Shape and initial value of every parameter. */
  readonly specs: ParameterSpecs;
  /** Draws its parameters. */
  init(rng: Rng, initializer?: Initializer): Params;
  /** Its parts, with their official names. */
  describe(): LayerNode;
}

/** A layer, whatever its parameters are. */
interface AnyLayer {
  readonly kind: string;
  readonly specs: unknown;
  init(rng: Rng, initializer?: Initializer): unknown;
  describe(): LayerNode;
}

/** What all layers share: `layerOf<ConvBlock>('convBlock', specs, node)`. `usual`: the initialiser where none is named. */
export function layerOf<L extends AnyLayer>(
  kind: L['kind'],
  specs: L['specs'],
  node: ReturnType<L['describe']>,
  usual: Initializer = 'kaiming',
): Pick<L, 'kind' | 'specs' | 'init' | 'describe'> {
  const init = (rng: Rng, initializer: Initializer = usual): unknown => initialize<Params>(specs as ParameterSpecs, rng, initializer);
  return { kind, specs, init, describe: () => node } as Pick<L, 'kind' | 'specs' | 'init' | 'describe'>;
}
