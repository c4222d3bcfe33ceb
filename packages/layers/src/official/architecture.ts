/** Architectures from the `gen` and `dis` sections of an official configuration. */
import type { PadMode } from '@munit/core';
import type { LayerActivation, Norm } from '../names.js';
import type { DiscriminatorArchitecture, GeneratorArchitecture, UnitGeneratorArchitecture } from '../networks/architecture.js';
import { Settings, type SettingsRecord } from './settings.js';

/**
 * `gen` of an official configuration and `input_dim_a` or `input_dim_b`.
 * @throws ArgumentError for an option that is absent, unknown or of the wrong type
 */
export function generatorFromOfficial(gen: SettingsRecord, inputDim: number): GeneratorArchitecture {
  const settings = new Settings('gen', gen);
  const architecture = {
    ...shared(settings, inputDim),
    mlpDim: settings.number('mlp_dim'),
    styleDim: settings.number('style_dim'),
  };
  settings.finish();
  return architecture;
}

/**
 * The same for UNIT, whose generators have no style: `mlp_dim` and `style_dim` may be there and are not used.
 * @throws ArgumentError for an option that is absent, unknown or of the wrong type
 */
export function unitGeneratorFromOfficial(gen: SettingsRecord, inputDim: number): UnitGeneratorArchitecture {
  const settings = new Settings('gen', gen);
  const architecture = shared(settings, inputDim);
  settings.finish('mlp_dim', 'style_dim');
  return architecture;
}

function shared(settings: Settings, inputDim: number): UnitGeneratorArchitecture {
  return {
    inputDim,
    dim: settings.number('dim'),
    nDownsample: settings.number('n_downsample'),
    nRes: settings.number('n_res'),
    activation: settings.text<LayerActivation>('relu', 'activ'),
    padMode: settings.text<PadMode>('zero', 'pad_type'),
  };
}

/**
 * `dis` of an official configuration (its `gan_type` belongs to the losses and is left alone) and the images' channels.
 * @throws ArgumentError for an option that is absent, unknown or of the wrong type
 */
export function discriminatorFromOfficial(dis: SettingsRecord, inputDim: number): DiscriminatorArchitecture {
  const settings = new Settings('dis', dis);
  const architecture = {
    inputDim,
    dim: settings.number('dim'),
    nLayer: settings.number('n_layer'),
    numScales: settings.number('num_scales'),
    norm: settings.text<Exclude<Norm, 'adain'>>('none', 'norm'),
    activation: settings.text<LayerActivation>('lrelu', 'activ'),
    padMode: settings.text<PadMode>('zero', 'pad_type'),
  };
  settings.finish('gan_type');
  return architecture;
}
