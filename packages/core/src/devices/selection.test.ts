import { engine, type KernelBackend } from '@tensorflow/tfjs-core';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { afterEach, describe, expect, test } from 'vitest';
import { ArgumentError, DeviceLostError, DeviceUnavailableError } from '../errors/index.js';
import { type DeviceDriver, type OpenBackend, Unavailable } from './driver.js';
import { type DeviceWorld, listDevicesIn, openDeviceIn } from './open.js';
import { SharedDevices } from './shared.js';
import { type Device, type DeviceName, deviceNames } from './types.js';

interface FakeDevice {
  readonly driver: DeviceDriver;
  opened: number;
  closed: number;
  lose(): void;
}

function fake(name: DeviceName, { software = false } = {}): FakeDevice {
  const losses: { error: DeviceLostError | undefined; tell: (error: DeviceLostError) => void }[] = [];
  const device: FakeDevice = {
    opened: 0,
    closed: 0,
    lose: () => {
      for (const loss of losses.splice(0)) loss.tell((loss.error = new DeviceLostError('gone')));
    },
    driver: {
      name,
      open: async ({ options }) => {
        device.opened += 1;
        const loss: (typeof losses)[number] = { error: undefined, tell: () => undefined };
        const happened = new Promise<DeviceLostError>((resolve) => (loss.tell = resolve));
        losses.push(loss);
        const details = { threads: options.threads ?? 8 };
        return open(name, software, details, { error: () => loss.error, happened }, () => (device.closed += 1));
      },
    },
  };
  return device;
}

const open = (
  name: DeviceName,
  software: boolean,
  details: OpenBackend['details'],
  loss: NonNullable<OpenBackend['loss']>,
  close: () => void,
): OpenBackend => ({
  tfjsName: `fake-${name}`,
  backend: new MathBackendCPU(),
  description: `a fake ${name}`,
  details,
  software,
  loss,
  close,
});

const absent = (name: DeviceName): DeviceDriver => ({
  name,
  open: () => Promise.reject(new Unavailable(`there is no ${name} here`, `Buy a ${name}.`)),
});

const worldOf = (drivers: readonly DeviceDriver[], environment: Record<string, string> = {}): DeviceWorld => ({
  drivers,
  shared: new SharedDevices(),
  environment: (name) => environment[name],
});

const handles: Device[] = [];
async function opened(device: Promise<Device>): Promise<Device> {
  const handle = await device;
  handles.push(handle);
  return handle;
}
afterEach(() => {
  for (const handle of handles.splice(0)) handle.dispose();
});

const current = (): string | null => engine().backendName;

describe('auto', () => {
  test('takes the first device that is there and says why those before it were not taken', async () => {
    const simd = fake('simd');
    const cpu = fake('cpu');
    // Given in another order: the order of trying is the drivers' rank, not their place in the list.
    const device = await opened(openDeviceIn(worldOf([cpu.driver, simd.driver, absent('webgpu'), absent('cuda')]), 'auto', {}));
    expect(device.name).toBe('simd');
    expect(device.report).toEqual({
      taken: 'simd',
      description: 'a fake simd',
      details: { threads: 8 },
      rejected: [
        { name: 'cuda', reason: 'there is no cuda here', remedy: 'Buy a cuda.' },
        { name: 'webgpu', reason: 'there is no webgpu here', remedy: 'Buy a webgpu.' },
      ],
    });
    expect(cpu.opened).toBe(0);
    expect(current()).toBe('fake-simd');
  });

  test('passes over an adapter that is software, unless it is let', async () => {
    const webgpu = fake('webgpu', { software: true });
    const drivers = [webgpu.driver, fake('cpu').driver];
    const passedOver = await opened(openDeviceIn(worldOf(drivers), 'auto', {}));
    expect(passedOver.name).toBe('cpu');
    expect(passedOver.report.rejected[0]?.reason).toBe('its only adapter is software (a fake webgpu)');
    expect(passedOver.report.rejected[0]?.remedy).toContain('MUNIT_WEBGPU_SOFTWARE=1');
    expect(webgpu.closed).toBe(1);

    expect((await opened(openDeviceIn(worldOf(drivers), 'auto', { allowSoftware: true }))).name).toBe('webgpu');
    expect((await opened(openDeviceIn(worldOf(drivers, { MUNIT_WEBGPU_SOFTWARE: '1' }), 'auto', {}))).name).toBe('webgpu');
    expect((await opened(openDeviceIn(worldOf(drivers, { MUNIT_WEBGPU_SOFTWARE: '1' }), 'auto', { allowSoftware: false }))).name).toBe('cpu');
  });

  test('names a device that broke while it opened, and tries the next', async () => {
    const broken: DeviceDriver = { name: 'cuda', open: () => Promise.reject(new Error('cuInit failed')) };
    const device = await opened(openDeviceIn(worldOf([broken, fake('cpu').driver]), 'auto', {}));
    expect(device.report.rejected).toEqual([
      { name: 'cuda', reason: 'it failed to open: cuInit failed', remedy: 'Run `munit doctor` and look at what it says about this device.' },
    ]);
  });

  test('fails with every reason when nothing is there', async () => {
    const none = openDeviceIn(worldOf([absent('webgpu'), absent('cpu')]), 'auto', {});
    await expect(none).rejects.toThrow(DeviceUnavailableError);
    await expect(none).rejects.toThrow('No device is available. webgpu: there is no webgpu here; cpu: there is no cpu here.');
  });
});

describe('by name', () => {
  test('takes that device, software or not', async () => {
    const device = await opened(openDeviceIn(worldOf([fake('cuda').driver, fake('webgpu', { software: true }).driver]), 'webgpu', {}));
    expect(device.report).toMatchObject({ taken: 'webgpu', rejected: [] });
  });

  test('fails with the reason and the remedy when it is absent, and takes no other', async () => {
    const cpu = fake('cpu');
    const device = openDeviceIn(worldOf([absent('cuda'), cpu.driver]), 'cuda', {});
    await expect(device).rejects.toThrow(DeviceUnavailableError);
    await expect(device).rejects.toThrow("The device 'cuda' is not available: there is no cuda here. Buy a cuda.");
    await expect(device).rejects.toMatchObject({ code: 'DEVICE_UNAVAILABLE', remedy: { id: 'advice', text: 'Buy a cuda.' } });
    expect(cpu.opened).toBe(0);
  });

  test('refuses a name that does not exist and lists those that do', async () => {
    const device = openDeviceIn(worldOf([fake('cpu').driver]), 'gpu' as DeviceName, {});
    await expect(device).rejects.toThrow(ArgumentError);
    await expect(device).rejects.toThrow(`Unknown device 'gpu'. Use one of auto, ${deviceNames.join(', ')}.`);
  });

  test('refuses an option that does not exist, with the one that was meant', async () => {
    const device = openDeviceIn(worldOf([fake('simd').driver]), 'simd', { thread: 2 } as object);
    await expect(device).rejects.toThrow(ArgumentError);
    await expect(device).rejects.toThrow("openDevice: there is no option 'thread'. Did you mean 'threads'?");
  });

  test('refuses an invalid thread count', async () => {
    await expect(openDeviceIn(worldOf([fake('simd').driver]), 'simd', { threads: 0 })).rejects.toThrow(ArgumentError);
  });
});

describe('owners', () => {
  test('share one device, which goes with the last of them', async () => {
    const cpu = fake('cpu');
    const world = worldOf([cpu.driver]);
    // At once: the second must wait for the first one's device and not open its own.
    const [first, second] = await Promise.all([openDeviceIn(world, 'cpu', {}), openDeviceIn(world, 'cpu', {})]);
    expect(cpu.opened).toBe(1);
    first.dispose();
    first.dispose();
    expect(cpu.closed).toBe(0);
    expect(current()).toBe('fake-cpu');
    second.dispose();
    expect(cpu.closed).toBe(1);
    expect(current()).toBeNull();
    expect(() => first.activate()).toThrow(ArgumentError);

    await opened(openDeviceIn(world, 'cpu', {}));
    expect(cpu.opened).toBe(2);
  });

  test('give their handle up at the end of a block with using', async () => {
    const cpu = fake('cpu');
    const world = worldOf([cpu.driver]);
    {
      using device = await openDeviceIn(world, 'cpu', {});
      expect(device.name).toBe('cpu');
      expect(cpu.closed).toBe(0);
    }
    expect(cpu.closed).toBe(1);
  });

  test('get the device back that was in use before the one they dispose of', async () => {
    const world = worldOf([fake('webgpu').driver, fake('simd').driver, fake('cpu').driver]);
    const webgpu = await opened(openDeviceIn(world, 'webgpu', {}));
    const cpu = await opened(openDeviceIn(world, 'cpu', {}));
    const simd = await opened(openDeviceIn(world, 'simd', {}));
    webgpu.activate();
    expect(current()).toBe('fake-webgpu');
    cpu.dispose();
    expect(current()).toBe('fake-webgpu');
    webgpu.dispose();
    expect(current()).toBe('fake-simd');
    simd.dispose();
    expect(current()).toBeNull();
  });

  test('cannot have one device with two numbers of threads', async () => {
    const world = worldOf([fake('simd').driver]);
    await opened(openDeviceIn(world, 'simd', { threads: 2 }));
    await opened(openDeviceIn(world, 'simd', {}));
    await expect(openDeviceIn(world, 'simd', { threads: 4 })).rejects.toThrow("The device 'simd' is already open with 2 threads, but 4 were asked for");
  });

  test('of a lost device hear of it, and a new one opens beside them', async () => {
    const webgpu = fake('webgpu');
    const world = worldOf([webgpu.driver]);
    const first = await opened(openDeviceIn(world, 'webgpu', {}));
    webgpu.lose();
    expect(await first.lost).toBeInstanceOf(DeviceLostError);
    expect(() => first.activate()).toThrow(DeviceLostError);
    await expect(first.scope('work', () => 1)).rejects.toThrow(DeviceLostError);

    const second = await opened(openDeviceIn(world, 'webgpu', {}));
    expect(webgpu.opened).toBe(2);
    first.dispose();
    expect(current()).toBe('fake-webgpu');
    second.activate();
  });
});

test('a device that somebody took out of TensorFlow.js says so, and opens again', async () => {
  const world = worldOf([fake('cpu').driver]);
  const first = await opened(openDeviceIn(world, 'cpu', {}));
  engine().removeBackend('fake-cpu');
  expect(() => first.activate()).toThrow(DeviceLostError);
  const second = await opened(openDeviceIn(world, 'cpu', {}));
  first.dispose();
  second.activate();
  expect(current()).toBe('fake-cpu');
});

test('a backend of somebody else is not taken away', async () => {
  const theirs: KernelBackend = new MathBackendCPU();
  engine().registerBackend('fake-webgpu', () => theirs);
  await engine().setBackend('fake-webgpu');
  const device = openDeviceIn(worldOf([fake('webgpu').driver]), 'webgpu', {});
  await expect(device).rejects.toThrow("TensorFlow.js already uses a 'fake-webgpu' backend that munit did not make");
  expect(engine().registry['fake-webgpu']).toBe(theirs);
  engine().removeBackend('fake-webgpu');
});

test('closed() waits for what devices still have to end, and for no failure of theirs', async () => {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const slow: DeviceDriver = { name: 'simd', open: () => Promise.resolve({ ...open('simd', false, {}, { error: () => undefined, happened: new Promise(() => undefined) }, () => undefined), close: () => ended }) };
  const failing: DeviceDriver = { name: 'cpu', open: () => Promise.resolve({ ...open('cpu', false, {}, { error: () => undefined, happened: new Promise(() => undefined) }, () => undefined), close: () => Promise.reject(new Error('broken')) }) };
  const world = worldOf([slow, failing]);
  await world.shared.closed();
  for (const name of ['simd', 'cpu'] as const) (await openDeviceIn(world, name, {})).dispose();
  let closed = false;
  const waiting = world.shared.closed().then(() => (closed = true));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(closed).toBe(false);
  end();
  await waiting;
  expect(closed).toBe(true);
});

test('the list of devices tries them all and leaves none open', async () => {
  const cpu = fake('cpu');
  expect(await listDevicesIn(worldOf([cpu.driver, absent('cuda')]), {})).toEqual([
    { name: 'cuda', available: false, reason: 'there is no cuda here', remedy: 'Buy a cuda.' },
    { name: 'cpu', available: true, software: false, description: 'a fake cpu', details: { threads: 8 } },
  ]);
  expect(cpu).toMatchObject({ opened: 1, closed: 1 });
});
