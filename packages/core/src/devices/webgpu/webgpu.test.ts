import { onEachDevice } from '@munit/testing/contract';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { describeCapture } from '../../../test/captureSuite.js';
import { describeCaptureUpdate } from '../../../test/captureUpdateSuite.js';
import { describeWebGpu } from '../../../test/webgpuSuite.js';
import { openDevice } from '../devices.js';

// Looked for, and not kept open: the tests count their owners.
const dawn = { name: 'webgpu-node', tinyOnly: true, open: async () => (await openDevice('webgpu')).dispose() };

await onEachDevice({ devices: [dawn] }, 'the device', () => () => {
  describeWebGpu('Dawn');
  describeCapture('Dawn');
  describeCaptureUpdate('Dawn');

  test('lets the process end by itself, disposed of or not', async () => {
    const folder = fileURLToPath(new URL('../../../', import.meta.url));
    for (const mode of ['dispose', 'leave']) {
      const command = ['--import', 'tsx', '--conditions', '@munit/source', 'test/webgpuProcess.ts', mode];
      // Killed at the time limit, which fails the test: no exit is called for.
      const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: folder, timeout: 20_000 });
      expect(stdout.trim()).toBe('4,6');
    }
  });
});
