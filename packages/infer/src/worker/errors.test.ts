import { AbortedError, DeviceLostError, MunitError } from '@munit/core';
import { ModelSourceError } from '@munit/formats';
import { expect, it } from 'vitest';
import { reviveError, sendError } from './errors.js';

it.each([AbortedError, DeviceLostError, ModelSourceError])('gives back the class of an error whose name was minified: %o', (Known) => {
  const error = Object.assign(new Known('It went wrong.', { remedy: { id: 'overwrite', text: 'Do it again.' } }), { name: 'e' });
  const there = reviveError(structuredClone(sendError(error)));
  expect(there).toBeInstanceOf(Known);
  expect([there.message, (there as MunitError).problem]).toEqual(['It went wrong. Do it again.', 'It went wrong.']);
  expect((there as MunitError).remedy).toEqual({ id: 'overwrite', text: 'Do it again.' });
});

it('gives an error of ours that it does not know as one of ours, and any other as it is called', () => {
  const unknown = reviveError(sendError(new MunitError('CONFIG', 'No such setting.')));
  expect([unknown instanceof MunitError, (unknown as MunitError).code]).toEqual([true, 'CONFIG']);
  expect(reviveError(sendError(new RangeError('Too far.'))).name).toBe('RangeError');
});
