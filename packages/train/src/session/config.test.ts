import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../config/resolve.js';
import { emaDecay } from '../optimizer/schedule.js';
import { resumedConfig, storedConfig } from './config.js';

describe('the configuration of a run that was started before averages had a ramp', () => {
  const { ema_rampup: _, ...stored } = resolveConfig({ ema_half_life_images: 500, batch_size: 2 });

  it('keeps its average as it was, bit for bit', () => {
    const config = resumedConfig(storedConfig(stored, 'run.json'), { max_iter: 10 });
    expect(config.ema_rampup).toBe(0);
    for (const step of [0, 1, 1000]) expect(emaDecay(step, config)).toBe(0.5 ** (2 / 500));
  });

  it('is not that of one that was started since', () => {
    expect(storedConfig(resolveConfig({}), 'run.json').ema_rampup).toBe(0.05);
    expect(storedConfig(resolveConfig({ ema_rampup: 0.1 }), 'run.json').ema_rampup).toBe(0.1);
  });
});
