// npm start: the quickstart (a small training with its report), or, where this checkout has none, the comparison with the
// published networks, which needs nothing but this repository either.
import { existsSync } from 'node:fs';
import { inRoot } from './lib/paths.mjs';

process.argv.splice(2, 0, existsSync(inRoot('apps', 'quickstart', 'package.json')) ? 'quickstart' : 'parity');
await import('./run.mjs');
