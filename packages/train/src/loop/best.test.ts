import type { LossTerm, TermKind } from '@munit/losses';
import { describe, expect, it } from 'vitest';
import { BestWatch, reconstructionLoss } from './best.js';

const term = (kind: TermKind, weight: number, value: number, side: LossTerm['side'] = 'generator'): LossTerm<number> => ({ side, kind, domain: 'a', weight, value });

describe('the reconstruction loss', () => {
  it('weighs the reconstructions as they are trained, and leaves out all else', () => {
    const terms = [term('image', 10, 0.5), term('content', 1, 2), term('style', 0, 7), term('cycle', 10, 0.25), term('kl', 0.01, 900), term('cycleKl', 0.01, 900), term('adversarial', 1, 3), term('perceptual', 1, 5), term('adversarial', 1, 4, 'discriminator')];
    expect(reconstructionLoss(terms)).toBeCloseTo(5 + 2 + 2.5, 12);
  });
});

describe('the best checkpoint', () => {
  it('has the lowest mean of the losses since the checkpoint before', () => {
    const watch = new BestWatch('losses');
    const log = (value: number): void => watch.losses([term('image', 10, value)]);
    expect(watch.take()).toEqual({ best: false, score: undefined });
    log(1);
    log(3);
    expect(watch.take()).toEqual({ best: true, score: { rule: 'losses', value: -20 } });
    log(2.5);
    expect(watch.take().best).toBe(false);
    log(1.5);
    expect(watch.take()).toEqual({ best: true, score: { rule: 'losses', value: -15 } });
  });

  it('is the one of a resumed run until a better one comes, by the same rule', () => {
    const resumed = new BestWatch('losses', { rule: 'losses', value: -10 });
    resumed.losses([term('image', 10, 2)]);
    expect(resumed.take().best).toBe(false);
    // What was scored by a metric says nothing of losses.
    const other = new BestWatch('losses', { rule: 'metric', value: 2.5 });
    other.losses([term('image', 10, 2)]);
    expect(other.take().best).toBe(true);
  });

  it('is decided by metrics alone where there are metrics', () => {
    const watch = new BestWatch('metric');
    watch.losses([term('image', 10, 0)]);
    expect(watch.take()).toEqual({ best: false, score: undefined });
    watch.metric(-3);
    expect(watch.take()).toEqual({ best: true, score: { rule: 'metric', value: -3 } });
  });

  it('is not a state that was given up', () => {
    const watch = new BestWatch('metric');
    watch.metric(9);
    watch.forget();
    expect(watch.take()).toEqual({ best: false, score: undefined });
  });
});
