/** Parameters to and from official names and layouts. */
import { CheckpointMismatchError, type Params, type Tensor, treeEntries, treeLeaves } from '@munit/core';
import type { ParamsOf } from '../parameters/spec.js';
import { type ParameterSpec, paramsFrom } from '../parameters/spec.js';
import { isIgnored, officialEntries, type OfficialLayer, type OfficialParameter } from './entries.js';
import { fromOfficialLayout, officialShape, type OfficialTensor, toOfficialLayout } from './layout.js';

/** Running statistics: buffers of norms that the published networks never read (PyTorch 0.3 kept them for every instance norm). */
const isRunningStatistic = (name: string): boolean => /(^|\.)(running_mean|running_var|num_batches_tracked)$/.test(name);

/** Options of `fromOfficial`. */
export interface FromOfficialOptions {
  /** What the official keys start with: `a.` in a file that holds several networks. Keys without it are left alone. */
  readonly prefix?: string | undefined;
}

/** Options of `fromOfficialArrays`. */
export interface FromOfficialArraysOptions extends FromOfficialOptions {
  /** Spectral norm's u and v may be absent, as they are from an optimizer's moments. Default: they are required, as all parameters are. */
  readonly state?: 'required' | 'optional' | undefined;
}

/**
 * Official tensors to ours, by our paths (those of `treeEntries`), without a device.
 * Running statistics are left out by name; so are, for VGG16 and AlexNet, layers beyond the features and the classifier.
 * A parameter is found under its official name or one of its aliases: VGG16's `conv1_1.weight` as torchvision's `features.0.weight`.
 * Works for whatever lies as the parameters do; with `state: 'optional'` also for moments, which have no u and v.
 * @throws CheckpointMismatchError that names missing, unexpected and misshapen keys
 */
export function fromOfficialArrays(
  layer: OfficialLayer,
  official: ReadonlyMap<string, OfficialTensor>,
  options: FromOfficialArraysOptions = {},
): Map<string, OfficialTensor> {
  const { prefix = '', state = 'required' } = options;
  const given = new Map([...official].filter(([name]) => name.startsWith(prefix)).map(([name, value]) => [name.slice(prefix.length), value]));
  const specs = shapesByPath(layer);
  const ours = new Map<string, OfficialTensor>();
  const missing: string[] = [];
  const misshapen: string[] = [];
  const expected = new Set<string>();
  for (const { name, aliases, path, layout, role } of officialParameters(layer)) {
    const key = [name, ...aliases].find((candidate) => given.has(candidate)) ?? name;
    expected.add(key);
    const found = given.get(key);
    if (found === undefined) {
      if (role === 'trained' || state === 'required') missing.push(name);
      continue;
    }
    const shape = officialShape(layout, specs.get(path) as readonly number[]);
    if (!sameShape(found.shape, shape)) misshapen.push(`${name} is [${found.shape.join(', ')}] and must be [${shape.join(', ')}]`);
    else ours.set(path, fromOfficialLayout(layout, found));
  }
  const unexpected = [...given.keys()].filter((name) => !expected.has(name) && !isRunningStatistic(name) && !isIgnored(layer, name));
  failOnMismatch(layer, prefix, missing, unexpected, misshapen);
  return ours;
}

/**
 * Official tensors to parameters, which the caller owns; as `fromOfficialArrays`.
 * @throws CheckpointMismatchError that names missing, unexpected and misshapen keys
 */
export function fromOfficial<L extends OfficialLayer>(
  layer: L,
  official: ReadonlyMap<string, OfficialTensor>,
  options: FromOfficialOptions = {},
): ParamsOf<L> {
  const arrays = fromOfficialArrays(layer, official, options);
  return paramsFrom<ParamsOf<L>>(layer.specs, (_, path) => arrays.get(path) as OfficialTensor);
}

/**
 * Our tensors, by our paths, to official names and layouts, in PyTorch's order, without a device.
 * Works for whatever lies as the parameters do: gradients, moments, averages. Spectral norm's u and v may be absent.
 * @throws CheckpointMismatchError that names what is missing or misshapen
 */
export function toOfficialArrays(layer: OfficialLayer, ours: ReadonlyMap<string, OfficialTensor>): Map<string, OfficialTensor> {
  const specs = shapesByPath(layer);
  const result = new Map<string, OfficialTensor>();
  const missing: string[] = [];
  const misshapen: string[] = [];
  for (const { name, path, layout, role } of officialParameters(layer)) {
    const found = ours.get(path);
    const shape = specs.get(path) as readonly number[];
    if (found === undefined) {
      if (role === 'trained') missing.push(path);
    } else if (!sameShape(found.shape, shape)) misshapen.push(`${path} is [${found.shape.join(', ')}] and must be [${shape.join(', ')}]`);
    else result.set(name, toOfficialLayout(layout, found));
  }
  const unexpected = [...ours.keys()].filter((path) => !specs.has(path));
  failOnMismatch(layer, '', missing, unexpected, misshapen);
  return result;
}

/**
 * Parameters, or a tree like them (gradients), to official names and layouts, in PyTorch's order; reads them from the device.
 * @throws CheckpointMismatchError that names what is missing or misshapen
 */
export async function toOfficial(layer: OfficialLayer, params: Params): Promise<Map<string, OfficialTensor>> {
  const entries = treeEntries<Tensor>(params);
  const arrays = await Promise.all(
    entries.map(async ({ path, leaf }): Promise<[string, OfficialTensor]> => [
      path,
      { shape: leaf.shape, data: new Float32Array(await leaf.data()) },
    ]),
  );
  return toOfficialArrays(layer, new Map(arrays));
}

/** The entries that are parameters of ours. */
export function officialParameters(layer: OfficialLayer, prefix = ''): OfficialParameter[] {
  return officialEntries(layer, prefix).filter((entry) => entry.role !== 'buffer');
}

const shapesByPath = (layer: OfficialLayer): Map<string, readonly number[]> =>
  new Map(treeEntries<ParameterSpec>(layer.specs).map(({ path, leaf }) => [path, leaf.shape]));

const sameShape = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((size, i) => size === b[i]);

/** At most so many keys of each sort are named. */
const namedKeys = 8;

function failOnMismatch(layer: OfficialLayer, prefix: string, missing: string[], unexpected: string[], misshapen: string[]): void {
  const list = (what: string, keys: readonly string[], separator: string): string[] => {
    if (keys.length === 0) return [];
    const rest = keys.length > namedKeys ? `${separator}and ${keys.length - namedKeys} more` : '';
    return [`${what} (${keys.length}): ${keys.slice(0, namedKeys).join(separator)}${rest}`];
  };
  const faults = [...list('missing', missing, ', '), ...list('unexpected', unexpected, ', '), ...list('misshapen', misshapen, '; ')];
  if (faults.length === 0) return;
  const where = prefix === '' ? '' : ` under '${prefix}'`;
  throw new CheckpointMismatchError(`The tensors${where} do not fit this ${layer.kind}: ${faults.join('. ')}.`, {
    remedy: 'Check that the configuration (dim, n_res, n_downsample, mlp_dim, style_dim, norm, activ, channels) is the one that the file was made with.',
  });
}

/** Number of values in all parameters of a layer. */
export function countParameters(layer: OfficialLayer): number {
  return treeLeaves<ParameterSpec>(layer.specs).reduce((sum, { shape }) => sum + shape.reduce((product, n) => product * n, 1), 0);
}
