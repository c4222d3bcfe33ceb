/** Names of devices in the interface. */
import type { DeviceName, DeviceReport } from '@munit/core';

const names: Readonly<Partial<Record<DeviceName, string>>> = { webgpu: 'GPU', simd: 'CPU', cpu: 'CPU, slow' };

export const deviceName = (name: DeviceName): string => names[name] ?? name;

/** Why this device and not a better one; a line each. Devices that no browser has are not worth a line. */
export function reasons({ taken, rejected }: DeviceReport): string[] {
  const lines = [...(taken === 'cpu' ? slow(rejected) : []), ...rejected.filter(({ name }) => name === 'webgpu').map(({ name, reason }) => `No ${deviceName(name)}: ${reason.replace(/\.?$/, '.')}`)];
  if (lines.length > 0) return lines;
  return taken === 'webgpu' ? ['The fastest there is here.'] : ['Chosen by you.'];
}

/** Why the CPU computes in plain JavaScript. */
function slow(rejected: DeviceReport['rejected']): string[] {
  if (!allowsWebAssembly()) return [WASM_BLOCKED];
  return rejected.filter(({ name }) => name === 'simd').map(({ reason }) => `No WebAssembly: ${reason.replace(/\.?$/, '.')}`);
}

export const WASM_BLOCKED = "The content security policy of this page's server blocks WebAssembly, so everything is some fifty times slower: script-src has to allow 'wasm-unsafe-eval'.";

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
  const said = `${String(threads)} ${threads === 1 ? 'thread' : 'threads'}`;
  if (!isolated) return `${said}: more need a server that isolates the page (COOP and COEP)`;
  return threads === 1 && cores > 1 ? `${said}: more need a content security policy whose worker-src allows blob:` : said;
}
