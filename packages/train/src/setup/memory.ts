import { type DeviceName, OutOfMemoryError } from '@munit/core';

/**
 * Refuses what cannot fit before it is tried. WebAssembly addresses 4 GiB; `machineBytes` is what a CPU shares, where it is known.
 * @throws OutOfMemoryError
 */
export function requireMemory(bytes: number, device: DeviceName, machineBytes = Infinity): void {
  const limit = device === 'simd' ? 4 * 2 ** 30 : device === 'cpu' || device === 'tensorflow' ? machineBytes : Infinity;
  if (bytes <= limit) return;
  const gib = (n: number): string => `${(n / 2 ** 30).toFixed(1)} GiB`;
  throw new OutOfMemoryError(`Training with this configuration needs about ${gib(bytes)}, but the device '${device}' has ${gib(limit)}.`, {
    remedy: 'Make batch_size, the crop or gen.dim smaller; accumulate gives back a larger effective batch.',
  });
}
