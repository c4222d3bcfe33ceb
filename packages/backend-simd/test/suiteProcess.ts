/** The suite in a process of its own, for tfjs.test.ts: `threads` and `relaxed` are its arguments, its outcome is one line of JSON. */
import { runSuite } from './suite.js';

const [threads, relaxed] = process.argv.slice(2);
// The tests and TensorFlow.js greet and warn on standard output.
const quiet = (): void => undefined;
Object.assign(console, { log: quiet, info: quiet, warn: quiet, debug: quiet });
void runSuite(Number(threads), relaxed === 'true').then((outcome) => {
  process.stdout.write(JSON.stringify(outcome), () => process.exit(0));
});
