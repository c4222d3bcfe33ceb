/** A translator of networks in memory. */
import { ArgumentError, type Device, type DeviceName, type DeviceOptions, openDevice, type PerDomain } from '@munit/core';
import { type DomainInfo, generatorLayer, type GeneratorsArchitecture } from '@munit/formats';
import { countParameters } from '@munit/layers';
import { aboutOf, type ModelAbout } from '../about.js';
import type { Picture } from '../images/picture.js';
import { type ImagePlatform, webPlatform } from '../images/read.js';
import { Engine } from '../networks/engine.js';
import type { GeneratorNetworks } from '../networks/network.js';
import { Translator } from './translator.js';

/** What a translator is made of: a `Model` of `@munit/formats`, or the parameters of a training run, which stay the caller's. */
export type TranslatorModel = GeneratorNetworks &
  Partial<ModelAbout> & { readonly architecture: GeneratorsArchitecture; readonly domains?: PerDomain<DomainInfo> };

/** The device that a translator runs on, and how much memory it may take there. */
export interface TranslatorOptions extends Pick<DeviceOptions, 'threads' | 'allowSoftware' | 'powerPreference' | 'dawnOptions'> {
  /** Default `auto`. An open device stays the caller's. */
  readonly device?: DeviceName | 'auto' | Device | undefined;
  /** The most bytes that the work on one image may take on the device; a larger image goes in bands. Default: what the device says it has. */
  readonly memoryLimit?: number | undefined;
}

/** How the device is opened, and whose it is. */
function opening(options: TranslatorOptions): { readonly open: () => Promise<Device>; readonly ownsDevice: boolean } {
  const { device = 'auto', threads, allowSoftware, powerPreference, dawnOptions } = options;
  if (typeof device === 'object') return { open: () => Promise.resolve(device), ownsDevice: false };
  const settings: DeviceOptions = {
    ...(threads === undefined ? {} : { threads }),
    ...(allowSoftware === undefined ? {} : { allowSoftware }),
    ...(powerPreference === undefined ? {} : { powerPreference }),
    ...(dawnOptions === undefined ? {} : { dawnOptions }),
  };
  return { open: () => openDevice(device, settings), ownsDevice: true };
}

/** `createTranslator` for a platform of its own. */
export async function createTranslatorOn<P extends Picture>(
  platform: ImagePlatform<P>,
  model: TranslatorModel,
  options: TranslatorOptions,
): Promise<Translator<P>> {
  const { architecture, domains = { a: { name: 'a' }, b: { name: 'b' } } } = model;
  if ('parameters' in model && typeof options.device !== 'object') {
    throw new ArgumentError('Parameters on a device need that device.', { remedy: 'Pass it as `device`.' });
  }
  const { memoryLimit } = options;
  if (memoryLimit !== undefined && !(memoryLimit > 0)) {
    throw new ArgumentError(`The memory limit must be above 0 bytes, but it is ${memoryLimit}.`);
  }
  const engine = await Engine.open({ architecture, model, ...opening(options) });
  const weightBytes = 4 * (countParameters(generatorLayer(architecture, 'a')) + countParameters(generatorLayer(architecture, 'b')));
  return new Translator({ engine, platform, domains, architecture, about: aboutOf(model), weightBytes, memoryLimit });
}

/**
 * A translator of `{ architecture, networks }` (weights by their published names, as `loadModel` gives them) or
 * `{ architecture, parameters }` (those of a run, on the `device` that is passed; they stay the caller's).
 * @throws CheckpointMismatchError when the weights do not fit; DeviceUnavailableError
 */
export function createTranslator(model: TranslatorModel, options: TranslatorOptions = {}): Promise<Translator> {
  return createTranslatorOn(webPlatform, model, options);
}
