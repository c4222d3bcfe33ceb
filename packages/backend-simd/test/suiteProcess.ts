/** The suite in a process of its own, for tfjs.test.ts: `threads`, `relaxed` and `shared` are its arguments, its outcome is one line of JSON. */
import { runSuite } from './suite.js';

const [threads, relaxed, shared] = process.argv.slice(2);
// As in a page that is not cross-origin isolated.
if (shared === 'false') Object.assign(globalThis, { SharedArrayBuffer: undefined });
// The tests and TensorFlow.js greet and warn on standard output.
const quiet = (): void => undefined;
Object.assign(console, { log: quiet, info: quiet, warn: quiet, debug: quiet });
void runSuite(Number(threads), relaxed === 'true').then((outcome) => {
  process.stdout.write(JSON.stringify(outcome), () => process.exit(0));
});
