/** Loads TensorFlow's binding for Node and repairs what is broken in it. */
import { findBackend, type KernelBackend } from '@tensorflow/tfjs-core';
import util from 'node:util';
import { Unavailable } from '../driver.js';
import { importUnregistered } from '../registration.js';
import { importPeer, type NodeProcess } from './importPeer.js';
import type { NativeTensorFlow, TensorFlowLoader, TensorFlowPackage } from './types.js';

const installation: Readonly<Record<TensorFlowPackage, string>> = {
  '@tensorflow/tfjs-node': 'Install it: npm install @tensorflow/tfjs-node@4.22.0 (pnpm must be told to run its install script)',
  '@tensorflow/tfjs-node-gpu': 'Install it: npm install @tensorflow/tfjs-node-gpu@4.22.0 (Linux; pnpm must be told to run its install script)',
};

/** What the binding's backend tells of itself. */
type NodeBackend = KernelBackend & { readonly isUsingGpuDevice?: boolean; readonly binding?: { readonly TF_Version?: string } };

export function createTensorFlowLoader(node: NodeProcess): TensorFlowLoader {
  let loading: Promise<NativeTensorFlow> | undefined;
  let loaded: NativeTensorFlow | undefined;
  return {
    loaded: () => loaded,
    async load(packageName) {
      // Two of them in one process clash in their C libraries: a second one is never tried beside a first.
      if (loading !== undefined) return loading;
      loading = loadBinding(node, packageName);
      try {
        return (loaded = await loading);
      } catch (error) {
        loading = undefined;
        throw error;
      }
    },
  };
}

async function loadBinding(node: NodeProcess, packageName: TensorFlowPackage): Promise<NativeTensorFlow> {
  if (!node.isMainThread) {
    throw new Unavailable(
      "TensorFlow's binding crashes in a second thread of a process, so munit opens it in the main thread only",
      'Open it in the main thread, or in a child process of its own.',
    );
  }
  restoreUtil(util);
  // Read when the C library makes its context: take memory as it is needed and not all of the card's, and print warnings only.
  node.environment['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  node.environment['TF_CPP_MIN_LOG_LEVEL'] ??= '1';
  const backend: NodeBackend | null = await importUnregistered(async () => {
    await importPeer(node, packageName, installation[packageName]);
    return findBackend('tensorflow');
  });
  if (backend === null) {
    throw new Unavailable(
      `'${packageName}' registered no backend with this copy of @tensorflow/tfjs-core`,
      'Have one version of TensorFlow.js installed (4.22.0): `npm ls @tensorflow/tfjs-core` must show one.',
    );
  }
  return { packageName, backend, usesGpu: backend.isUsingGpuDevice === true, version: backend.binding?.TF_Version ?? 'unknown' };
}

/**
 * Puts back what the binding 4.22.0 calls and Node 23 removed from `util`.
 * Exported for its test.
 */
export function restoreUtil(target: { isNullOrUndefined?: (value: unknown) => boolean; isArray?: (value: unknown) => boolean }): void {
  target.isNullOrUndefined ??= (value) => value === null || value === undefined;
  target.isArray ??= Array.isArray;
}
