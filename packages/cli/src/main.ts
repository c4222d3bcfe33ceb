#!/usr/bin/env node
import { exitCodes } from './exitCodes.js';
import { processIo } from './io.js';
import { run } from './run.js';
import { actions } from './handlers/index.js';

// `munit … | head`: the reader has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCodes.ok);
});
process.exitCode = await run(process.argv.slice(2), processIo, actions);
