/** Node's workers and ports in the form that both sides of a channel take. */
import type { MessagePort, Worker } from 'node:worker_threads';
import type { Port, PortEvent } from '../worker/protocol.js';

/**
 * For `TranslatorClient.load(nodePort(worker), …)` in the main thread, and `serveTranslator({ port: nodePort(parentPort), load: loadTranslator })`
 * in a worker of `node:worker_threads`. Also takes the ports of a `MessageChannel`.
 */
export function nodePort(port: Worker | MessagePort): Port {
  const wrapped = new Map<(event: PortEvent) => void, (value: unknown) => void>();
  return {
    postMessage: (message, transfer) => port.postMessage(message, transfer as never),
    addEventListener(type, listener) {
      const on = (value: unknown): void => listener(type === 'message' ? { data: value } : { message: value instanceof Error ? value.message : String(value) });
      wrapped.set(listener, on);
      port.on(type, on);
    },
    removeEventListener(type, listener) {
      const on = wrapped.get(listener);
      wrapped.delete(listener);
      if (on !== undefined) port.off(type, on);
    },
    start() {
      if ('start' in port) port.start();
    },
  };
}
