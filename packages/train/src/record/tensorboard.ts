import type { Domain } from '@munit/core';
import type { TrainEvent } from '../events.js';
import { histogram, type SummaryValue } from '../logs/index.js';
import { shortTerm } from '../progress/index.js';
import { styleDivergence } from '../report/index.js';

const scalar = (tag: string, value: number): SummaryValue => ({ kind: 'scalar', tag, value });

/** What TensorBoard gets to see of an event, but for pictures. */
export function tensorboardValues(event: TrainEvent): SummaryValue[] {
  switch (event.type) {
    case 'step':
      return [
        ...Object.entries(event.terms).map(([name, value]) => scalar(`loss/${shortTerm(name)}`, value)),
        scalar('learning_rate/generators', event.learningRate),
        ...(event.learningRateDiscriminator === undefined ? [] : [scalar('learning_rate/discriminators', event.learningRateDiscriminator)]),
        scalar('speed/step_ms', event.stepMs),
        scalar('speed/data_wait_ms', event.dataWaitMs),
        scalar('memory/resident_bytes', event.residentBytes),
        scalar('memory/tensor_bytes', event.tensorBytes),
      ];
    case 'styles':
      return Object.entries(event.statistics).flatMap(([domain, statistics]) => {
        const values = event.values?.[domain as Domain];
        return [
          scalar(`styles/${domain}_distance_from_normal`, styleDivergence(statistics)),
          ...(values === undefined ? [] : [{ kind: 'histogram', tag: `styles/${domain}`, histogram: histogram(values) } as const]),
        ];
      });
    case 'evaluation':
      return Object.entries(event.metrics).map(([name, value]) => scalar(`evaluation/${name}`, value));
    case 'start':
    case 'resumed':
    case 'sample':
    case 'checkpoint':
    case 'warning':
    case 'nonFinite':
    case 'done':
      return [];
  }
}
