import type { StepEvent, TrainEvent } from '../events.js';
import { formatBytes, formatDuration, formatMilliseconds, formatNumber } from './format.js';

const total = /total|^loss$/i;

/** The published trainer's prefix says nothing to a reader. */
export const shortTerm = (name: string): string => name.replace(/^loss_/, '');

/** The losses for one line: the totals where there are any, else the first three terms. */
export function summarizeTerms(terms: StepEvent['terms']): string {
  const names = Object.keys(terms);
  const totals = names.filter((name) => total.test(name));
  return (totals.length > 0 ? totals : names.slice(0, 3)).map((name) => `${shortTerm(name)} ${formatNumber(terms[name]!)}`).join('  ');
}

/** Share of the step's time that went into waiting for images; '' while it is nothing to speak of. */
const waiting = ({ stepMs, dataWaitMs }: StepEvent): string => {
  const share = dataWaitMs / stepMs;
  return share >= 0.02 ? `  waits for images ${Math.round(share * 100)} %` : '';
};

/** What a step says, without the bar. */
export const summarizeStep = (event: StepEvent): string =>
  `${formatMilliseconds(event.stepMs)}/step  ETA ${formatDuration(event.etaSeconds)}  ${summarizeTerms(event.terms)}  ${formatBytes(event.residentBytes)}${waiting(event)}`;

const metrics = (values: Readonly<Record<string, number>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${formatNumber(value)}`)
    .join('  ');

const endings = { finished: 'Finished', interrupted: 'Stopped and saved', failed: 'Failed' } as const;

/** One line for an event of its own; undefined for what only moves the bar. */
export function describeEvent(event: TrainEvent): string | undefined {
  switch (event.type) {
    case 'start':
      return `Training on ${event.device}: ${event.totalSteps} steps, about ${formatBytes(event.memoryEstimateBytes)} of memory.`;
    case 'resumed':
      return `Resumed at step ${event.step}.`;
    case 'step':
    case 'styles':
      return undefined;
    case 'sample':
      return `Step ${event.step}: new pictures (${event.images.map(({ name }) => name).join(', ')}).`;
    case 'evaluation':
      return `Step ${event.step}: ${metrics(event.metrics)}`;
    case 'checkpoint':
      return `Step ${event.step}: saved ${event.path}${event.best ? ' (the best so far)' : ''}`;
    case 'warning':
      return `Warning: ${event.message}`;
    case 'nonFinite': {
      const what = `Step ${event.step}: ${shortTerm(event.term)} is ${event.value}.`;
      return event.action === 'restored'
        ? `Warning: ${what} Went back to the state of step ${event.restoredStep ?? 0}, once.`
        : `Error: ${what} Training stops.`;
    }
    case 'done': {
      const end = `${endings[event.reason]} at step ${event.step} after ${formatDuration(event.seconds)}.`;
      return event.message === undefined ? end : `${end} ${event.message}`;
    }
  }
}
