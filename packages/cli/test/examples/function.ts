import { processIo, run } from '@munit/cli';

const code = await run(['data', 'check', 'photos/', '--json'], processIo);
if (code !== 0) console.error('These photos cannot be trained on.');
