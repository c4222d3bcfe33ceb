#!/usr/bin/env node
import { processIo, watchOutput } from './io.js';
import { run } from './run.js';

watchOutput();
process.exitCode = await run(process.argv.slice(2), processIo);
