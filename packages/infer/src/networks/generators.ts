/** The generators of a model as data. */
import { type DeviceReport, perDomain } from '@munit/core';
import { directionsOf, generatorLayer, type GeneratorsArchitecture } from '@munit/formats';
import type { Size } from '@munit/images';
import { estimateFor, type Generators, type MemoryOptions, type TranslationEstimate } from './estimate.js';
import { contentMinimumOf } from './network.js';

/** Both generators of an architecture, by their descriptions. @throws ArgumentError when the architecture is not possible */
export function generatorsOf(architecture: GeneratorsArchitecture): Generators {
  const layers = perDomain((domain) => generatorLayer(architecture, domain));
  const roles = perDomain((domain) => layers[domain].describe().roles);
  const both = Object.values(layers);
  return {
    layers: directionsOf(architecture).map(({ from, to }) => ({ inputDim: layers[from].architecture.inputDim, encoder: roles[from].contentEncoder.node, decoder: roles[to].decoder.node })),
    channels: Math.max(architecture.inputDim.a, architecture.inputDim.b),
    sizeMultiple: Math.max(...both.map(({ sizeMultiple }) => sizeMultiple)),
    minimum: Math.max(...both.map(contentMinimumOf)),
  };
}

/** What translating one image of `size` takes, whatever the number of styles: they are decoded one after the other. */
export const estimateTranslation = (architecture: GeneratorsArchitecture, report: DeviceReport, size: Size, weightBytes = 0, memory: MemoryOptions = {}): TranslationEstimate =>
  estimateFor(generatorsOf(architecture), report, size, weightBytes, memory);
