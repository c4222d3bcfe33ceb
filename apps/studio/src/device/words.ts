/** Names of devices in the interface. */
import type { DeviceName, DeviceReport } from '@munit/core';
import { words } from '../words/words.js';

export const deviceName = (name: DeviceName): string => (words.value.device.names as Readonly<Partial<Record<DeviceName, string>>>)[name] ?? name;

/** A line of the studio's; `reason` is the device's own, in English. */
export interface Reason {
  readonly text: string;
  readonly reason?: string;
}

const sentence = (text: string): string => text.replace(/\.?$/, '.');

/** Why this device and not a better one; a line each. Devices that no browser has are not worth a line. */
export function reasons({ taken, rejected }: DeviceReport): Reason[] {
  const { chosen, fastest, no } = words.value.device;
  const lines = [...(taken === 'cpu' ? slow(rejected) : []), ...rejected.filter(({ name }) => name === 'webgpu').map(({ name, reason }): Reason => ({ text: no(deviceName(name)), reason: sentence(reason) }))];
  if (lines.length > 0) return lines;
  return [{ text: taken === 'webgpu' ? fastest : chosen }];
}

/** Why the CPU computes in plain JavaScript. */
function slow(rejected: DeviceReport['rejected']): Reason[] {
  const { noWasm, wasmBlocked } = words.value.device;
  if (!allowsWebAssembly()) return [{ text: wasmBlocked }];
  return rejected.filter(({ name }) => name === 'simd').map(({ reason }) => ({ text: noWasm, reason: sentence(reason) }));
}

/** A policy forbids to compile any module, also the empty one. */
export function allowsWebAssembly(): boolean {
  try {
    return new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)) instanceof WebAssembly.Module;
  } catch {
    return false;
  }
}

/** Threads need pages that are isolated from others; the studio works without. */
export function threadsLine(threads: unknown, isolated: boolean, cores = 1): string {
  const { allowBlobs, isolate, threads: counted } = words.value.device;
  const said = counted(Number(threads));
  if (!isolated) return isolate(said);
  return threads === 1 && cores > 1 ? allowBlobs(said) : said;
}
