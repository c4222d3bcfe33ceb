/** Names of devices in the interface. */
import type { DeviceName, DeviceReport } from '@munit/core';

const names: Readonly<Partial<Record<DeviceName, string>>> = { webgpu: 'GPU', simd: 'CPU', cpu: 'CPU, slow' };

export const deviceName = (name: DeviceName): string => names[name] ?? name;

/** Why this device and not a better one; a line each. Devices that no browser has are not worth a line. */
export function reasons({ taken, rejected }: DeviceReport): string[] {
  const lines = rejected.filter(({ name }) => name === 'webgpu').map(({ name, reason }) => `No ${deviceName(name)}: ${reason.replace(/\.?$/, '.')}`);
  if (lines.length > 0) return lines;
  return taken === 'webgpu' ? ['The fastest there is here.'] : ['Chosen by you.'];
}

/** Threads need pages that are isolated from others; the studio works without. */
export const threadsLine = (threads: unknown, isolated: boolean): string =>
  isolated ? `${String(threads)} threads` : `${String(threads)} thread: more need a server that isolates the page (COOP and COEP)`;
