/** Contracts as vitest suites: one body for every op, implementation and device. */
import { beforeAll, describe, test } from 'vitest';
import { checkNonFinite, checkOp } from './checkOp.js';
import { checkUpdate } from './checkUpdate.js';
import { checkReferenceGradient } from './finiteDifferences.js';
import { checkSecondGradients, secondDifferences, type SecondTruth } from './secondDerivatives.js';
import type { ContractDevice, ContractEnvironment, OpCase, OpContract, UpdateContract } from './types.js';

/**
 * Registers the tests of an op: its reference's gradient against finite differences, and every implementation on every device
 * present against the reference (`checkOp`, `checkNonFinite`), gradients of gradients too (`checkSecondGradients`).
 * @example
 * await describeOp(environment, { name: 'linear', tolerance: 'product', reference, implementations, cases });
 */
export async function describeOp<T, O>(environment: ContractEnvironment<T>, contract: OpContract<T, O>): Promise<void> {
  const { adapter } = environment;
  describe(`${contract.name}: the reference's gradient is that of finite differences`, () => {
    test.each(contract.cases.filter(({ finiteDifferences }) => finiteDifferences !== false))('$name', (opCase) => {
      demandNone(checkReferenceGradient(contract, opCase));
    });
  });
  // Slow, and the same for every implementation and device.
  const secondTruths = new Map<OpCase<O>, SecondTruth>();
  const secondTruth = (opCase: OpCase<O>): SecondTruth => {
    const truth = secondTruths.get(opCase) ?? secondDifferences(contract, opCase);
    secondTruths.set(opCase, truth);
    return truth;
  };
  await onEachDevice(environment, contract.name, (device) => {
    // Asked now, with the device in use: what cannot run there is not registered at all.
    const available = contract.implementations.filter((implementation) => implementation.isAvailable?.() ?? true);
    const cases = casesFor(device, contract.cases);
    return () => {
      for (const implementation of available) {
        describe(implementation.name, () => {
          test.each(cases)('value, gradients, inputs, leaks: $name', async (opCase) => {
            demandNone(await checkOp({ adapter, contract, implementation, opCase }));
          });
          const smooth = contract.secondDerivatives === false ? [] : cases.filter(({ finiteDifferences }) => finiteDifferences !== false);
          test.each(smooth)('gradients of gradients: $name', async (opCase) => {
            demandNone(await checkSecondGradients({ adapter, contract, implementation, opCase }, secondTruth(opCase)));
          });
          test.each(cases.filter(({ tiny }) => tiny === true))('NaN and infinities: $name', async (opCase) => {
            demandNone(await checkNonFinite({ adapter, contract, implementation, opCase }));
          });
        });
      }
    };
  });
}

/** Registers the tests of a computation that is not differentiated, on every device present (`checkUpdate`). */
export async function describeUpdate<T, O>(environment: ContractEnvironment<T>, contract: UpdateContract<T, O>): Promise<void> {
  await onEachDevice(environment, contract.name, (device) => () => {
    test.each(casesFor(device, contract.cases))('$name', async (opCase) => {
      demandNone(await checkUpdate(environment.adapter, contract, opCase));
    });
  });
}

/** An error that lists all of them: an `expect` would cut the list short. */
function demandNone(failures: readonly string[]): void {
  if (failures.length > 0) throw new Error(failures.join('\n'));
}

const casesFor = <O>(device: ContractDevice, cases: readonly OpCase<O>[]): readonly OpCase<O>[] =>
  device.tinyOnly ? cases.filter(({ tiny }) => tiny === true) : cases;

/**
 * A suite per device. `prepare` runs now, with the device in use, and returns what registers the suite's tests.
 * A device that is absent fails where `MUNIT_REQUIRE_DEVICES` lists it, and is a skipped test with its reason elsewhere.
 */
export async function onEachDevice(
  { devices }: Pick<ContractEnvironment<unknown>, 'devices'>,
  name: string,
  prepare: (device: ContractDevice) => () => void,
): Promise<void> {
  for (const device of devices) {
    const reason = await whyAbsent(device);
    if (reason === undefined) {
      const register = prepare(device);
      describe(`${name} on ${device.name}`, () => {
        beforeAll(() => device.open());
        register();
      });
    } else {
      test(`${name} on ${device.name}: the device is present`, (context) => {
        if (requiredDevices().includes(device.name)) throw new Error(`MUNIT_REQUIRE_DEVICES lists '${device.name}', but: ${reason}`);
        context.skip(`no device '${device.name}': ${reason}`);
      });
    }
  }
}

async function whyAbsent(device: ContractDevice): Promise<string | undefined> {
  try {
    await device.open();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The names in `MUNIT_REQUIRE_DEVICES`, a list with commas; empty in a browser, whose project asserts its own. */
export function requiredDevices(): string[] {
  const listed = typeof process === 'undefined' ? undefined : process.env['MUNIT_REQUIRE_DEVICES'];
  return (listed ?? '').split(',').map((name) => name.trim()).filter((name) => name !== '');
}
