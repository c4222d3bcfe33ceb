/** A decoder that fails is closed all the same. */
import { expect, it } from 'vitest';
import { CustomVideoDecoder, type EncodedPacket, registerDecoder } from 'mediabunny';
import * as mediabunny from 'mediabunny';
import { registerClosable } from './decoders.js';

class Failing extends CustomVideoDecoder {
  static decoded = 0;
  static override supports(): boolean {
    return true;
  }
  init(): void {}
  decode(packet: EncodedPacket): Promise<void> {
    Failing.decoded += 1;
    return packet.timestamp === 1 ? Promise.reject(new Error('a damaged packet')) : Promise.resolve();
  }
  flush(): Promise<void> {
    return Promise.reject(new Error('nothing to flush'));
  }
  close(): void {}
}

const packet = (timestamp: number): EncodedPacket => new mediabunny.EncodedPacket(new Uint8Array(1), 'key', timestamp, 0.1);

it('errors of decoding go to onError, once, and reject nothing', async () => {
  registerClosable(mediabunny, () => registerDecoder(Failing));
  const errors: unknown[] = [];
  const decoder = Object.assign(new Failing(), { onError: (error: unknown) => void errors.push(error) });
  for (const time of [0, 1, 2]) await decoder.decode(packet(time));
  await decoder.flush();
  expect(errors).toEqual([new Error('a damaged packet')]);
  // What follows a damaged packet is not decoded.
  expect(Failing.decoded).toBe(2);

  const flushed = Object.assign(new Failing(), { onError: (error: unknown) => void errors.push(error) });
  await flushed.decode(packet(0));
  await flushed.flush();
  expect(errors).toEqual([new Error('a damaged packet'), new Error('nothing to flush')]);
  // mediabunny's own question is answered as before.
  expect(decoder).toBeInstanceOf(CustomVideoDecoder);
  expect({}).not.toBeInstanceOf(CustomVideoDecoder);
});
