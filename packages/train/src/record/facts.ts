import { formatBytes } from '../progress/index.js';
import type { ReportFacts } from '../report/index.js';
import type { RunManifest } from '../run/index.js';

/** What made the run, for people: of the newest start, and how many there were. */
export function manifestFacts({ seed, sessions }: RunManifest): ReportFacts {
  const last = sessions.at(-1)!;
  return [
    ['Seed', String(seed)],
    ['munit', last.munit],
    ['Node.js', last.node],
    ['System', last.platform],
    ['Processor', `${last.processor}, ${last.threads} threads, ${formatBytes(last.memoryBytes)}`],
    ['Started', sessions.map(({ startedAt, fromStep }) => `${startedAt.slice(0, 16).replace('T', ' ')} UTC${fromStep > 0 ? ` (from step ${fromStep})` : ''}`).join('; ')],
    ...(last.command.length === 0 ? [] : [['Command', last.command.join(' ')] as const]),
  ];
}
