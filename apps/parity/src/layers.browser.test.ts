/// <reference types="vite/client" />
// The published layers on WebGPU in a browser: the committed cases, or those of MUNIT_REFERENCE_DIR.
import { type Device, memory, openDevice, readSafetensors } from '@munit/core';
import { readLayerCases } from '@munit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import committed from '../../../packages/testing/reference/layers.safetensors?url';
import { checkLayerCase } from './layers.js';
import { formatLine } from './line.js';

const named = import.meta.env['MUNIT_REFERENCE_DIR'] as string | undefined;

async function fetchCases(): Promise<ReturnType<typeof readLayerCases>> {
  // Vite shows files of the disk under this path, as far as its configuration allows it.
  const address = named !== undefined && named !== '' ? `/@fs${named}/layers.safetensors` : committed;
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} could not be read: ${response.status} ${response.statusText}.`);
  return readLayerCases(readSafetensors(new Uint8Array(await response.arrayBuffer())));
}

const cases = await fetchCases();

describe('layers on WebGPU in a browser', () => {
  let device: Device;
  beforeAll(async () => {
    device = await openDevice('webgpu');
  });
  afterAll(() => device.dispose());

  it('there are cases', () => expect(cases.length).toBeGreaterThan(0));

  it.each(cases.map((layerCase) => [layerCase.name, layerCase] as const))('%s', async (_, layerCase) => {
    const line = await checkLayerCase(layerCase);
    expect(line.passed, formatLine(line)).toBe(true);
    expect(memory().numTensors).toBe(0);
  });
});
