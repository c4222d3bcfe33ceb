/**
 * Names and shapes of a network's tensors in PyTorch, in the order in which its modules register them.
 * The order matters: optimizer states know parameters only by their place in it.
 */
import { ArgumentError, CheckpointMismatchError, type Domain, treeEntries } from '@munit/core';
import { officialEntries, type OfficialLayer, officialShape, type ParameterSpec } from '@munit/layers';
import { discriminatorLayer, type DiscriminatorsArchitecture, type GeneratorsArchitecture } from './architecture.js';
import { generatorLayer } from './kinds.js';

/** One tensor of a state dict. */
export interface LayoutEntry {
  /** Its official name. */
  readonly name: string;
  /** In PyTorch. */
  readonly shape: readonly number[];
  /** Trained; kept beside the weights but not trained (spectral norm's vectors); or a buffer, which may be absent. */
  readonly role: 'trained' | 'state' | 'buffer';
  /** What all values of an absent buffer are. */
  readonly initial: number;
}

/** The tensors of a layer. @throws CheckpointMismatchError when there is no such layer */
export function layoutOf(make: () => OfficialLayer): LayoutEntry[] {
  const layer = possible(make);
  const shapes = new Map(treeEntries<ParameterSpec>(layer.specs).map(({ path, leaf }) => [path, leaf.shape]));
  return officialEntries(layer).map((entry) => {
    const { name, role } = entry;
    if (role === 'buffer') return { name, role, shape: entry.shape, initial: entry.value };
    return { name, role, shape: officialShape(entry.layout, shapes.get(entry.path) ?? []), initial: 0 };
  });
}

/** What a file claims about its network is the file's fault, not the caller's. */
function possible(make: () => OfficialLayer): OfficialLayer {
  try {
    return make();
  } catch (cause) {
    if (!(cause instanceof ArgumentError)) throw cause;
    throw new CheckpointMismatchError(`The checkpoint is of no possible network: ${cause.message}`, { cause });
  }
}

/** The tensors of one domain's generator. @throws CheckpointMismatchError when there is no such network */
export function generatorLayout(architecture: GeneratorsArchitecture, domain: Domain): LayoutEntry[] {
  return layoutOf(() => generatorLayer(architecture, domain));
}

/** The tensors of one domain's discriminator. @throws CheckpointMismatchError when there is no such network */
export function discriminatorLayout(architecture: DiscriminatorsArchitecture, domain: Domain): LayoutEntry[] {
  return layoutOf(() => discriminatorLayer(architecture, domain));
}
