/** TensorFlow.js's table of backends, used so that nobody else's backend is taken away and none is chosen silently. */
import { engine, type KernelBackend, registerBackend, removeBackend, setBackend } from '@tensorflow/tfjs-core';
import { Unavailable } from './driver.js';

export interface Registration {
  /** Whether TensorFlow.js still has this backend under its name. */
  isRegistered(): boolean;
  /** Makes ops run on this backend; false when another backend has taken its name since. */
  activate(): boolean;
  /** Takes the backend, and with it all its tensors, out of TensorFlow.js; leaves one that is borrowed. */
  remove(): void;
}

/** Backends that this file has registered: those it may replace. */
const ours = new WeakSet<KernelBackend>();

/**
 * Registers `backend` under `name`, if it is not, and makes it the current one. A factory that importing a package has left
 * under the name is replaced; so is a backend of ours that is still there (a lost device's).
 * @throws Unavailable when a backend of somebody else's is in use under that name
 */
export function register(name: string, backend: KernelBackend, { borrowed = false } = {}): Registration {
  const { registry, registryFactory } = engine();
  const current = registry[name];
  if (current !== undefined && current !== backend && !ours.has(current)) {
    throw new Unavailable(
      `TensorFlow.js already uses a '${name}' backend that munit did not make`,
      `Open munit's device first, or let that backend go by tf.removeBackend('${name}').`,
    );
  }
  if (current !== backend) {
    if (registryFactory[name] !== undefined) removeBackend(name);
    registerBackend(name, () => backend);
  }
  if (!borrowed) ours.add(backend);

  const isRegistered = (): boolean => registry[name] === backend;
  const activate = (): boolean => {
    const tf = engine();
    // A registered backend that needs no promise is set before the call returns. One that is set stays: TensorFlow.js would go through all its kernels.
    if (tf.backendName !== name || tf.backend !== backend) void setBackend(name);
    return isRegistered();
  };
  activate();
  return {
    isRegistered,
    activate: () => isRegistered() && activate(),
    remove: () => {
      if (!borrowed && isRegistered()) removeBackend(name);
    },
  };
}

/** The backend that TensorFlow.js uses, if one has been set. */
export const currentBackend = (): string | undefined => engine().backendName ?? undefined;

/** Makes ops run on a backend of the program's own, where it is still there. */
export function restoreBackend(name: string): void {
  if (engine().registryFactory[name] !== undefined) void setBackend(name);
}

/**
 * Loads a package of TensorFlow.js without the backends that it registers as it loads, the one named `wanted` apart: a backend
 * that nobody opened must not be there for ops to fall back to.
 */
export async function importUnregistered<T>(load: () => Promise<T>, wanted?: string): Promise<T> {
  const { registry, registryFactory } = engine();
  const before = new Set(Object.keys(registryFactory));
  const loaded = await load();
  for (const name of Object.keys(registryFactory)) {
    const backend = registry[name];
    if (name !== wanted && !before.has(name) && (backend === undefined || !ours.has(backend))) removeBackend(name);
  }
  return loaded;
}
