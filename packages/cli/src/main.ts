#!/usr/bin/env node
import { exitCodes } from './exitCodes.js';
import { refusalOf } from './nodeVersion.js';

const refusal = refusalOf(process.versions.node);
if (refusal === undefined) {
  // Only now: an older Node may fail to load what it is not made for.
  const [{ processIo, watchOutput }, { run }] = await Promise.all([import('./io.js'), import('./run.js')]);
  watchOutput();
  process.exitCode = await run(process.argv.slice(2), processIo);
} else {
  process.stderr.write(refusal);
  process.exitCode = exitCodes.unexpected;
}
