import { Unavailable } from '../driver.js';
import type { Platform } from '../platformTypes.js';
import { createDatabaseStore } from './databaseStore.js';

const nodeOnly = (): never => {
  throw new Unavailable('it runs in Node only', "Use 'webgpu' or 'simd' in a browser.");
};

export const platform: Platform = {
  environment: () => undefined,
  // Async, so that what is missing rejects and does not throw.
  async gpu() {
    const gpu = globalThis.navigator.gpu as GPU | undefined;
    if (gpu !== undefined) return { gpu, runtime: 'browser', version: globalThis.navigator.userAgent, noAdapterRemedy };
    if (!globalThis.isSecureContext) {
      throw new Unavailable('a page that is not secure has no WebGPU', 'Serve the page over https, or from localhost.');
    }
    throw new Unavailable('this browser has no WebGPU', 'Use a current Chrome, Edge, Safari (26 or later) or Firefox (141 or later).');
  },
  tensorflow: { loaded: () => undefined, load: async () => nodeOnly() },
  store: createDatabaseStore('munit-tiles'),
};

const noAdapterRemedy =
  'Turn on hardware acceleration in the settings of the browser and look at chrome://gpu (about:support in Firefox); on Linux, Chrome may need --enable-unsafe-webgpu --enable-features=Vulkan.';
