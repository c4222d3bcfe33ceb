// The conventions that a program can check: part of `npm test -- --only lint`.
import { checkConventions } from './conventions/check.mjs';
import { exec } from './lib/exec.mjs';

// On a branch, what breaks a convention in files that the branch does not touch is shown, and fails nothing.
const changed = await exec('git', ['diff', '--name-only', 'main...HEAD']);
const touched = changed.code === 0 ? changed.output.split('\n').filter(Boolean) : [];

const { broken, output } = checkConventions();
if (output) console.log(output);
const failing = touched.length === 0 ? broken : broken.filter((text) => touched.some((path) => text.includes(path)));
process.exit(failing.length === 0 ? 0 : 1);
