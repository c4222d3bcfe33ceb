/// <reference types="vite/client" />
// The published layers on WebGPU in a browser: a few cases always, all of them where MUNIT_REFERENCE_DIR names a set of reference files.
import { type Device, memory, openDevice, readSafetensors } from '@munit/core';
import { readLayerCases } from '@munit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import committed from '../../../packages/testing/reference/layers.safetensors?url';
import { checkLayerCase } from './layers.js';
import { formatLine } from './line.js';

const named = import.meta.env['MUNIT_REFERENCE_DIR'] as string | undefined;
const isNamed = named !== undefined && named !== '';

async function fetchCases(): Promise<ReturnType<typeof readLayerCases>> {
  // Vite shows files of the disk under this path, as far as its configuration allows it.
  const address = isNamed ? `/@fs${named}/layers.safetensors` : committed;
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} could not be read: ${response.status} ${response.statusText}.`);
  return readLayerCases(readSafetensors(new Uint8Array(await response.arrayBuffer())));
}

/** A strided convolution under an instance norm, a layer norm, a residual block: programs of every kind, and few of them to translate. */
const few = ['conv2dblock_in_relu_reflect_k4s2p1', 'layernorm_batch3', 'resblock_in'];
const cases = (await fetchCases()).filter(({ name }) => isNamed || few.includes(name));

describe('layers on WebGPU in a browser', () => {
  let device: Device;
  beforeAll(async () => {
    device = await openDevice('webgpu');
  });
  afterAll(() => device.dispose());

  it('there are cases', () => expect(cases.length).toBeGreaterThanOrEqual(few.length));

  it.each(cases.map((layerCase) => [layerCase.name, layerCase] as const))('%s', async (_, layerCase) => {
    const line = await checkLayerCase(layerCase);
    expect(line.passed, formatLine(line)).toBe(true);
    expect(memory().numTensors).toBe(0);
  });
});
