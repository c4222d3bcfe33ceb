import { compareArrays } from '../compare/compare.js';
import { float32Tolerances } from '../compare/tolerances.js';
import { checkUntouched, createAll } from './checkOp.js';
import { inputsOf } from './inputs.js';
import type { OpCase, TensorAdapter, UpdateContract } from './types.js';

/**
 * Runs one case on the device in use: all outputs, consumed inputs gone, the others untouched, nothing leaked.
 * @returns what is wrong, one line each; empty when all is well
 */
export async function checkUpdate<T, O>(adapter: TensorAdapter<T>, contract: UpdateContract<T, O>, opCase: OpCase<O>): Promise<string[]> {
  const arrays = inputsOf(opCase);
  const truths = contract.reference(arrays, opCase.options);
  const before = adapter.count();
  const tensors = createAll(adapter, arrays);
  const outputs = contract.run(tensors, opCase.options);
  const failures: string[] = [];
  for (const [name, truth] of Object.entries(truths)) {
    const output = outputs[name];
    if (output === undefined) {
      failures.push(`there is no '${name}'`);
      continue;
    }
    const compared = compareArrays(await adapter.read(output), truth, float32Tolerances[contract.tolerance]);
    if (!compared.passed) failures.push(`'${name}': ${compared.message}`);
  }
  const consumed = new Set(contract.consumes(opCase.options, Object.keys(arrays)));
  const left = Object.fromEntries(Object.entries(tensors).filter(([name]) => !consumed.has(name)));
  failures.push(...(await checkUntouched(adapter, left, arrays)));
  for (const tensor of [...Object.values(outputs), ...Object.values(left)]) adapter.dispose(tensor);
  const leaked = adapter.count() - before;
  if (leaked !== 0) failures.push(`${leaked} tensors leaked`);
  return failures;
}
