// The conventions that a program can check: part of `npm test -- --only lint`.
import { checkConventions } from './conventions/check.mjs';

const { ok, output } = checkConventions();
if (output) console.log(output);
process.exit(ok ? 0 : 1);
