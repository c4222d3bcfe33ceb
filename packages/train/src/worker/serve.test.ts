import { MessageChannel } from 'node:worker_threads';
import { AbortedError } from '@munit/core';
import { Channel, type ChannelEnd } from '@munit/core/channel';
import { expect, it } from 'vitest';
import type { TrainingCalls, TrainingEvents } from './protocol.js';
import { serveTraining } from './serve.js';

it('ends a run that is disposed of while it is being opened', async () => {
  const { port1, port2 } = new MessageChannel();
  const stop = serveTraining({ end: port2 as ChannelEnd });
  const channel = new Channel<TrainingCalls, TrainingEvents>(port1 as ChannelEnd);
  const config = { new_size: 16, crop_image_height: 16, crop_image_width: 16, batch_size: 1 };
  const opening = channel.call('open', { sets: { synthetic: { count: 4 } }, preset: 'quick', config, device: 'cpu' });
  opening.catch(() => undefined);
  await channel.call('dispose', undefined);
  await expect(opening).rejects.toThrow(AbortedError);
  await expect(channel.call('checkpoint', undefined)).rejects.toThrow('Nothing is being trained.');
  await stop();
  port1.close();
});

it('has one run when two are opened at once, in the place of another: the last', async () => {
  const { port1, port2 } = new MessageChannel();
  const stop = serveTraining({ end: port2 as ChannelEnd });
  const channel = new Channel<TrainingCalls, TrainingEvents>(port1 as ChannelEnd);
  const config = { new_size: 16, crop_image_height: 16, crop_image_width: 16, batch_size: 1 };
  const open = (steps: number) => channel.call('open', { sets: { synthetic: { count: 4 } }, preset: 'quick', config: { ...config, max_iter: steps }, device: 'cpu' });
  await open(5);
  const running = channel.call('run', undefined);
  running.catch(() => undefined);
  const first = open(7);
  first.catch(() => undefined);
  await expect(open(9)).resolves.toMatchObject({ totalSteps: 9 });
  await expect(first).rejects.toThrow(AbortedError);
  await stop();
  port1.close();
});
