/**
 * Firefox looks every 100 ms whether the GPU is done, but also at each submission: an empty one now and then while somebody waits
 * makes a readback a matter of a few milliseconds there. Elsewhere nothing is submitted.
 */
const interval = 2;

export async function firefoxPoll<T>(queue: { submit(commands: readonly GPUCommandBuffer[]): void }, waiting: Promise<T>, needed = isFirefox()): Promise<T> {
  if (!needed) return waiting;
  const timer = setInterval(() => queue.submit([]), interval);
  try {
    return await waiting;
  } finally {
    clearInterval(timer);
  }
}

function isFirefox(): boolean {
  const { navigator } = globalThis as { navigator?: { userAgent?: string } };
  return navigator?.userAgent?.includes('Firefox/') === true;
}
