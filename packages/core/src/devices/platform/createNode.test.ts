import { describe, expect, test } from 'vitest';
import { Unavailable } from '../driver.js';
import { createNodePlatform } from './createNode.js';
import { nodeWith, notInstalled } from '../../../test/nodeProcess.js';

describe('a package that is not installed', () => {
  test('webgpu names it and the command that installs it', async () => {
    const gpu = createNodePlatform(nodeWith(notInstalled)).gpu([]);
    await expect(gpu).rejects.toBeInstanceOf(Unavailable);
    await expect(gpu).rejects.toMatchObject({ reason: "the package 'webgpu' is not installed", remedy: 'Install it: npm install webgpu@^0.6.2.' });
  });

  test('is distinguished from one that is installed and broken', async () => {
    const missingBinary = Object.assign(new Error("Cannot find module '/app/node_modules/webgpu/dist/linux-riscv64/dawn.node'\nRequire stack:"), {
      code: 'MODULE_NOT_FOUND',
    });
    const gpu = createNodePlatform(nodeWith(() => Promise.reject(missingBinary))).gpu([]);
    await expect(gpu).rejects.toMatchObject({
      reason: "the package 'webgpu' is installed but does not load: Cannot find module '/app/node_modules/webgpu/dist/linux-riscv64/dawn.node'",
    });
  });
});
