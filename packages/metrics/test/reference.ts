import { readSafetensors, type Safetensors } from '@munit/core';
import { readReferenceFile } from '@munit/testing/files';
import { type FeatureSet, featureSet } from '../src/statistics/features.js';

/** Dumps of published metric implementations. */
export const metricsReference = (): Safetensors => readSafetensors(readReferenceFile('metrics.safetensors'));

/** The figures that the dump was made with. */
export function expectedFigures(file: Safetensors): Readonly<Record<string, number>> {
  return JSON.parse(file.metadata.get('expected') as string) as Record<string, number>;
}

/** Features of the dump: `real` or `fake`. */
export function referenceFeatures(file: Safetensors, which: 'real' | 'fake'): FeatureSet {
  const stored = file.tensors.get(`features/${which}`);
  if (stored === undefined) throw new Error(`The reference file has no features/${which}.`);
  return featureSet(stored.float32(), stored.shape[1] as number);
}
