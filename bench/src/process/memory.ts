import { readFileSync, writeFileSync } from 'node:fs';
import type { MemoryAnswer } from './protocol.js';

const MIB = 2 ** 20;

/** Resident memory of this process. Linux tells the peak since the last reset, other systems that of the whole life. */
export function residentMemory(reset: boolean): MemoryAnswer {
  if (reset) {
    // What the reading of files has left is not the work's.
    globalThis.gc?.();
    forgetPeak();
  }
  const rss = process.memoryUsage.rss() / MIB;
  return { rss, peak: linuxPeak() ?? process.resourceUsage().maxRSS / 1024 };
}

function forgetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Not Linux, or not allowed: the peak then includes the loading.
  }
}

function linuxPeak(): number | undefined {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return kib === undefined ? undefined : Number(kib) / 1024;
  } catch {
    return undefined;
  }
}
