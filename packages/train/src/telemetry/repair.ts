/** Logs that were damaged between two starts of a run: what cannot be read is put aside, and said. */
import { renameSync } from 'node:fs';
import { basename } from 'node:path';
import * as z from 'zod';
import { writeFileAtomicSync } from '../run/atomic.js';
import { withRunFolderErrors } from '../run/errors.js';
import { textIfAny } from '../run/text.js';
import { parseCsvLine } from './csv.js';

const step = z.int().min(0);
/** JSON has no NaN: where one was logged stands null. */
const figure = z.number().nullable();
const figures = z.record(z.string(), figure);
const style = z.object({ mean: z.array(figure), std: z.array(figure) });

/** Numbers that earlier versions did not log. */
const cost = figure.optional();

/** Of each kind of event, what the report and a resumed run read. */
const events: Readonly<Record<string, z.ZodType>> = {
  start: z.object({ step, totalSteps: z.number(), device: z.string(), memoryEstimateBytes: cost }),
  resumed: z.object({ step }),
  step: z.object({ step, totalSteps: z.number(), terms: figures, learningRate: figure, learningRateDiscriminator: cost, stepMs: cost, dataWaitMs: cost, etaSeconds: cost, residentBytes: cost, tensorBytes: cost, deviceBytes: cost }),
  // An image from elsewhere on the disk has no place in a report.
  sample: z.object({ step, images: z.array(z.object({ name: z.string(), file: z.string().regex(/^samples\/[^/\\.][^/\\]*\.png$/) })) }),
  styles: z.object({ step, statistics: z.record(z.string(), style) }),
  evaluation: z.object({ step, metrics: figures }),
  checkpoint: z.object({ step, best: z.boolean(), path: z.string().optional(), bytes: cost }),
  warning: z.object({ message: z.string(), step: step.optional() }),
  nonFinite: z.object({ step, term: z.string(), value: z.union([figure, z.string()]).optional(), action: z.enum(['restored', 'stopped']), restoredStep: step.optional() }),
  done: z.object({ step, seconds: cost, reason: z.enum(['finished', 'interrupted', 'failed']), message: z.string().optional() }),
};

/** What a date can hold, in milliseconds. */
const time = z.number().min(0).max(8.64e15);

const entrySchema = z.looseObject({ time, kind: z.string().optional(), type: z.string().optional() });

function isEvent(line: string): boolean {
  try {
    const entry = entrySchema.parse(JSON.parse(line));
    const kind = entry.kind ?? entry.type;
    if (kind === undefined) return false;
    // Kinds of later versions are kept as they are.
    return !Object.hasOwn(events, kind) || events[kind]?.safeParse(entry).success === true;
  } catch {
    return false;
  }
}

/** Moves lines that hold no event from the log at `path` to a file beside it. @returns what happened, if anything did */
export function repairEventLog(path: string): string[] {
  const text = textIfAny(path);
  if (text === undefined) return [];
  return withRunFolderErrors(`read ${path}`, () => {
    // A last line that a kill has cut short is not damage: `openJsonLines` drops it.
    const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n').filter((line) => line.trim() !== '');
    const damaged = lines.filter((line) => !isEvent(line));
    if (damaged.length === 0) return [];
    const aside = `${path}.damaged`;
    writeFileAtomicSync(aside, `${textIfAny(aside) ?? ''}${damaged.join('\n')}\n`);
    writeFileAtomicSync(path, lines.filter((line) => isEvent(line)).map((line) => `${line}\n`).join(''));
    return [`Put ${damaged.length} damaged ${damaged.length === 1 ? 'line' : 'lines'} of ${basename(path)} aside (${basename(aside)}).`];
  });
}

/**
 * Brings the table of losses at `path` back to the form in which it is written (a spreadsheet adds a byte order mark and its own line
 * breaks); a file that is not such a table is put aside.
 * @param trained whether the run has made steps, so that the table should hold rows
 * @returns what happened, if anything did
 */
export function repairTable(path: string, trained: boolean): string[] {
  return withRunFolderErrors(`read ${path}`, () => {
    const found = textIfAny(path);
    const text = found ?? '';
    if (text === '') return trained ? [`${basename(path)} is ${found === undefined ? 'missing' : 'empty'}: it will hold the rows from now on.`] : [];
    const plain = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
    if (parseCsvLine(plain.split('\n', 1)[0] ?? '')[0] === 'step') {
      if (plain !== text) writeFileAtomicSync(path, plain);
      return [];
    }
    renameSync(path, `${path}.damaged`);
    return [`${basename(path)} is not a table of losses: it has been put aside (${basename(path)}.damaged), and a new one holds the rows from now on.`];
  });
}
