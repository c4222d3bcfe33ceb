/** A process to open Node's devices in, for tests. */
import type { NodeProcess } from '../src/devices/importPeer.js';

/** What Node says of a package that is not there. */
export const notInstalled = (name: string): Promise<never> =>
  Promise.reject(Object.assign(new Error(`Cannot find package '${name}' imported from /app/index.js`), { code: 'ERR_MODULE_NOT_FOUND' }));

const notKept = (): Promise<never> => Promise.reject(new Error('nothing is kept here'));

/** A process without an addon in which that happens when a package is imported. */
export const nodeWith = (importModule: NodeProcess['importModule'], rest: Partial<NodeProcess> = {}): NodeProcess => ({
  importModule,
  isMainThread: true,
  cores: 4,
  // Set but empty: no addon of whoever runs the test.
  environment: { MUNIT_TENSORFLOW_ADDON: '' },
  loadAddon: () => {
    throw new Error('there is no addon here');
  },
  buildCommand: 'node build.mjs',
  store: { read: notKept, write: notKept },
  ...rest,
});
