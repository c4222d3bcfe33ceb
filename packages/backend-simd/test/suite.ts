/** TensorFlow.js's own tests, run by Jasmine on our backend, in Node or in a page. */
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util.js';
import jasmineRequire from 'jasmine-core/lib/jasmine-core/jasmine.js';
import { registerSimdBackend } from '../src/register.js';

/** What became of the tests; those that failed by name, with what they said. */
export interface Outcome {
  readonly passed: number;
  readonly failed: readonly string[];
}

/** Runs them all, one after the other, in the order of their files. */
export async function runSuite(threads: number, relaxed: boolean): Promise<Outcome> {
  const jasmine = jasmineRequire.core(jasmineRequire);
  const env = jasmine.getEnv({ suppressLoadErrors: true });
  Object.assign(globalThis, jasmineRequire.interface(jasmine, env), { jasmine });
  jasmine.DEFAULT_TIMEOUT_INTERVAL = 20_000;
  await registerSimdBackend({ threads, relaxed, maxMemoryBytes: 2 ** 29 });
  setTestEnvs([{ name: 'simd', backendName: 'simd', isDataSync: true }]);
  // They are declared as the module is loaded.
  await import('@tensorflow/tfjs-core/dist/tests.js');
  let passed = 0;
  const failed: string[] = [];
  env.configure({ random: false });
  env.addReporter({
    specDone({ status, fullName, failedExpectations }) {
      if (status === 'passed') passed += 1;
      if (status === 'failed') failed.push(`${fullName}: ${failedExpectations.map(({ message }) => message).join('; ').slice(0, 300)}`);
    },
  });
  await env.execute();
  return { passed, failed };
}
