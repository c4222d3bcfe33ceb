/** Requests that no well-behaved client would send, byte by byte. */
import { connect } from 'node:net';

/** Sends bytes, and resolves with what has come back when the connection closes or `ms` are over. */
export function send(port: number, parts: readonly (string | Uint8Array)[], ms = 8000): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    const done = (): void => {
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(done, ms);
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      // One answer is enough.
      if (answer.includes('\r\n\r\n')) setTimeout(done, 50);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      done();
    });
    socket.on('connect', () => {
      for (const part of parts) socket.write(part);
    });
  });
}

/** The status of an answer; 0 where there was none. */
export const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);
