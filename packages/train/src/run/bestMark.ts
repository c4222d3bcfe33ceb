/**
 * Which checkpoint is the best, in two places that can be read independently: `best.json`, for people and programs, and a comment in
 * the checkpoint's own checksum file (`# best {"score":0.9}`, which `sha256sum -c` skips), from which `best.json` can be derived again.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { isMissing, reasonOf } from './errors.js';

/** The step that is marked as the best, and the figures that made it so. */
export interface BestMark {
  /** The checkpoint's. */
  readonly step: number;
  /** By name: `score`, say. */
  readonly metrics: Readonly<Record<string, number>>;
}

const metricsSchema = z.record(z.string(), z.number());
const markSchema = z.object({ step: z.int().min(0), metrics: metricsSchema });

/** What `best.json` says: a mark, nothing (there is no such file), or something that cannot be trusted. */
export type StoredMark = { readonly kind: 'marked'; readonly mark: BestMark } | { readonly kind: 'absent' } | { readonly kind: 'unreadable'; readonly reason: string };

export const bestPathOf = (folder: string): string => join(folder, 'best.json');

export function readBestFile(folder: string): StoredMark {
  let text: string;
  try {
    text = readFileSync(bestPathOf(folder), 'utf8');
  } catch (error) {
    // Only a missing file means that there is no mark: any other failure says nothing about what the file holds.
    return isMissing(error) ? { kind: 'absent' } : { kind: 'unreadable', reason: reasonOf(error) };
  }
  try {
    return { kind: 'marked', mark: markSchema.parse(JSON.parse(text)) };
  } catch {
    return { kind: 'unreadable', reason: 'it is damaged' };
  }
}

export const bestFileText = ({ step, metrics }: BestMark): string => `${JSON.stringify({ step, metrics }, undefined, 2)}\n`;

/** The comment line of a best checkpoint's checksum file. Scores that JSON cannot say are left out. */
export function bestComment(metrics: BestMark['metrics']): string {
  const finite = Object.entries(metrics).filter(([, value]) => Number.isFinite(value));
  return `# best ${JSON.stringify(Object.fromEntries(finite))}\n`;
}

/** The metrics that a checksum file's comment states; undefined where it has no such comment. */
export function metricsOfComment(text: string): BestMark['metrics'] | undefined {
  const json = /^# best (.*)$/m.exec(text)?.[1];
  if (json === undefined) return undefined;
  try {
    return metricsSchema.parse(JSON.parse(json));
  } catch {
    return {};
  }
}
