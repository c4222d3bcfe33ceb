/** Optional peers, and why one is not there. */
import type { KernelBackend } from '@tensorflow/tfjs-core';
import { Unavailable } from './driver.js';
import type { Addon, TextStore } from './platformTypes.js';

/** What the Node platform needs of the process; tests bring their own. */
export interface NodeProcess {
  /** Imports an optional peer by its name. */
  importModule(name: string): Promise<unknown>;
  readonly isMainThread: boolean;
  readonly cores: number;
  readonly environment: Record<string, string | undefined>;
  /** Whether this system has no Vulkan loader, of which Dawn would complain on its own on the error stream. */
  readonly lacksVulkan?: () => boolean;
  /** Loads TensorFlow's binding from an addon. */
  loadAddon(addon: Addon): KernelBackend;
  /** The version of a package, where it says so. */
  versionOf?(name: string): string | undefined;
  /** The command that builds one. */
  readonly buildCommand: string;
  /** In files of the user's. */
  readonly store: TextStore;
}

/** How a peer comes to be there: `missing` is what to say when it is not, where its name alone would not do. */
export interface Installation {
  readonly missing?: string;
  readonly remedy: string;
}

/** An optional peer. @throws Unavailable when it is not installed, or does not load */
export async function importPeer<T>(node: NodeProcess, name: string, { missing, remedy }: Installation): Promise<T> {
  try {
    return (await node.importModule(name)) as T;
  } catch (error) {
    if (isMissing(error, name)) throw new Unavailable(missing ?? `the package '${name}' is not installed`, `${remedy}.`, error);
    const message = error instanceof Error ? error.message : String(error);
    throw new Unavailable(`the package '${name}' is installed but does not load: ${firstLine(message)}`, `${remedy}.`, error);
  }
}

/** Whether the package itself is absent, and not something that it needs. */
function isMissing(error: unknown, name: string): boolean {
  // Node's words with `import` and with `require`, and those of Vite for an optional peer.
  return error instanceof Error && new RegExp(`^(cannot find (package|module)|could not resolve) ["']${name}["']`, 'i').test(error.message);
}

const firstLine = (text: string): string => (text.split('\n', 1)[0] as string).trim();
