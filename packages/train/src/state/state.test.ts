import { CheckpointMismatchError, type Device, memory, openDevice, readSafetensors, type Tensor, tensor, treeEntries } from '@munit/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveConfig } from '../config/resolve.js';
import { createNetworks, initialState, stateLayout } from '../methods/create.js';
import { decodeState, encodeState } from './checkpoint.js';
import { findNonFinite, requireFinite } from './finite.js';
import { disposeState, stateLeaves, type TrainState } from './state.js';

const config = resolveConfig({ gen: { dim: 2, mlp_dim: 4, style_dim: 3, n_res: 1 }, dis: { dim: 2, n_layer: 2, num_scales: 1, norm: 'sn' }, ema_half_life_images: 5 });

describe.each(['cpu', 'simd'] as const)('a state on %s', (name) => {
  let device: Device;
  beforeAll(async () => {
    device = await openDevice(name, name === 'simd' ? { threads: 1 } : {});
  });
  afterAll(() => device.dispose());

  /** The state with one value of one tensor replaced. */
  function broken(state: TrainState, path: string, value: number): TrainState {
    const replace = (node: unknown, rest: readonly string[]): unknown => {
      const [key, ...others] = rest;
      if (key !== undefined) {
        if (Array.isArray(node)) return node.map((child: unknown, i) => (String(i) === key ? replace(child, others) : child));
        return { ...(node as object), [key]: replace((node as Record<string, unknown>)[key], others) };
      }
      const before = node as Tensor;
      const values = Float32Array.from(before.dataSync());
      values[values.length - 1] = value;
      before.dispose();
      return tensor(values, before.shape);
    };
    return replace(state, path.split('.')) as TrainState;
  }

  it.each([
    ['gen.a.contentEncoder.first.conv.weight', NaN],
    ['gen.b.styleEncoder.last.bias', Infinity],
    ['dis.a.scales.0.last.bias', -Infinity],
    ['optimizers.gen.m.a.decoder.last.conv.weight', NaN],
    ['optimizers.dis.v.b.scales.0.last.weight', Infinity],
    ['ema.b.styleEncoder.last.weight', NaN],
    ['own.pool', NaN],
  ])('with %s = %d is found out', async (path, value) => {
    const tensors = memory().numTensors;
    const fresh = { ...initialState(config), own: { pool: tensor([1, 2, 3], [3]) } };
    const paths = new Set(treeEntries<Tensor>({ gen: fresh.gen, dis: fresh.dis, ema: fresh.ema as TrainState['gen'], own: fresh.own }).map((entry) => entry.path));
    if (!path.startsWith('optimizers')) expect(paths).toContain(path);
    const state = broken(fresh, path, value);
    const found = await findNonFinite(state);
    expect(found?.where).toBe(path);
    expect(found?.value).toBe(value);
    await expect(requireFinite(state)).rejects.toThrow(/is not saved or exported/);
    disposeState(state);
    expect(memory().numTensors).toBe(tensors);
  });

  it('with the largest numbers that there are is finite', async () => {
    const tensors = memory().numTensors;
    const fresh = initialState(config);
    expect(await findNonFinite(fresh)).toBeUndefined();
    const state = broken(broken(fresh, 'optimizers.gen.v.a.decoder.last.conv.weight', 3.4e38), 'gen.a.decoder.last.conv.weight', -3.4e38);
    expect(await findNonFinite(state)).toBeUndefined();
    await requireFinite(state);
    disposeState(state);
    expect(memory().numTensors).toBe(tensors);
  });
});

describe('a checkpoint', () => {
  let device: Device;
  beforeAll(async () => {
    device = await openDevice('cpu');
  });
  afterAll(() => device.dispose());

  it('is read without drawing a network: only its own tensors are made', async () => {
    const networks = createNetworks(config);
    const before = initialState(config, networks);
    const bytes = await encodeState(before);
    const tensors = memory().numTensors;
    const { state } = decodeState(bytes, stateLayout(config, { ...networks, init: () => expect.fail('drew a network') }));
    expect(memory().numTensors - tensors).toBe(stateLeaves(state).length);
    expect(stateLeaves(state).map((leaf) => [...leaf.dataSync()])).toEqual(stateLeaves(before).map((leaf) => [...leaf.dataSync()]));
    disposeState(before);
    disposeState(state);
  });

  it('holds what a method remembers, in any number and shape', async () => {
    const before = { ...initialState(config), own: { pool_a: tensor([1, 2, 3, 4], [2, 1, 1, 2]), pool_b: tensor([5], [1, 1, 1, 1]) } };
    const bytes = await encodeState(before);
    expect([...readSafetensors(bytes).tensors.keys()].slice(-2)).toEqual(['own.pool_a', 'own.pool_b']);
    const { state } = decodeState(bytes, stateLayout(config));
    expect(Object.entries(state.own).map(([name, { shape }]) => [name, shape])).toEqual([['pool_a', [2, 1, 1, 2]], ['pool_b', [1, 1, 1, 1]]]);
    expect([...(state.own['pool_a'] as Tensor).dataSync()]).toEqual([1, 2, 3, 4]);
    disposeState(before);
    disposeState(state);
  });

  it('of another configuration is refused, by name', async () => {
    const state = initialState(config);
    const bytes = await encodeState(state);
    disposeState(state);
    const tensors = memory().numTensors;
    expect(() => decodeState(bytes, stateLayout({ ...config, trainer: 'UNIT' }))).toThrow(CheckpointMismatchError);
    expect(() => decodeState(bytes, stateLayout({ ...config, ema_half_life_images: 0 }))).toThrow(/ema\.a\..* is unexpected/);
    expect(memory().numTensors).toBe(tensors);
  });
});
