/** The published layers on WebGPU in Node: all that `pnpm parity --device webgpu --layers-only` compares. */
import { readFileSync } from 'node:fs';
import { type Device, memory, openDevice, readSafetensors } from '@munit/core';
import { readLayerCases } from '@munit/testing';
import { onEachDevice } from '@munit/testing/contract';
import { listReferenceFiles, referenceDirectory } from '@munit/testing/files';
import { afterAll, expect, it } from 'vitest';
import { checkLayerCase } from './layers.js';
import { formatLine } from './line.js';

const { layers } = listReferenceFiles(referenceDirectory());
const cases = layers === undefined ? [] : readLayerCases(readSafetensors(new Uint8Array(readFileSync(layers))));

let opened: Device | undefined;
const open = async (): Promise<void> => (opened ??= await openDevice('webgpu')).activate();

await onEachDevice({ devices: [{ name: 'webgpu-node', tinyOnly: false, open }] }, 'layers', () => () => {
  afterAll(() => opened?.dispose());

  it('there are cases', () => expect(cases.length).toBeGreaterThan(0));

  it.each(cases.map((layerCase) => [layerCase.name, layerCase] as const))('%s', async (_, layerCase) => {
    const line = await checkLayerCase(layerCase);
    expect(line.passed, formatLine(line)).toBe(true);
    expect(memory().numTensors).toBe(0);
  });
});
