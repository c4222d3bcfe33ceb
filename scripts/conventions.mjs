// The conventions that a program can check: part of `npm test -- --only lint`. --prune shortens the list of known violations.
import { checkConventions } from './conventions/check.mjs';
import { exec } from './lib/exec.mjs';

// On a branch, what breaks a convention in files that the branch does not touch is shown, and fails nothing.
const changed = await exec('git', ['diff', '--name-only', 'main...HEAD']);
const touched = changed.code === 0 ? changed.output.split('\n').filter(Boolean) : [];

const { broken, stale } = checkConventions({ prune: process.argv.includes('--prune') });
if (broken.length > 0) console.log(broken.join('\n'));
if (stale.length > 0) console.log(`${stale.length} allowances are needless: node scripts/conventions.mjs --prune`);
const failing = touched.length === 0 ? broken : broken.filter((text) => touched.some((path) => text.includes(path)));
process.exit(failing.length === 0 ? 0 : 1);
