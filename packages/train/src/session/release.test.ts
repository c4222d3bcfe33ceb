import { describe, expect, it } from 'vitest';
import { ReleaseStack } from './release.js';

describe('ReleaseStack', () => {
  it('lets everything go, last opened first, whatever fails', async () => {
    const done: string[] = [];
    const failed: string[] = [];
    const stack = new ReleaseStack((what, error) => failed.push(`${what}: ${(error as Error).message}`));
    stack.add('The first', () => done.push('first'));
    stack.add('The second', () => Promise.reject(new Error('stuck')));
    stack.add('The third', () => {
      throw new Error('broken');
    });
    stack.add('The fourth', () => done.push('fourth'));
    await stack.release();
    await stack.release();
    expect(done).toEqual(['fourth', 'first']);
    expect(failed).toEqual(['The third: broken', 'The second: stuck']);
  });
});
