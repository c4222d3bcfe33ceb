/** Keys and answers from files, checked: they have been through many hands. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '@munit/core';
import * as z from 'zod';
import type { SurveyAnswers, SurveyKey } from '../types.js';

const text = z.string().min(1).max(200);

const answers = z.object({
  format: z.literal('munit-survey-answers'),
  version: z.literal(1),
  survey: text,
  worker: text,
  seat: z.int().min(1),
  session: text,
  startedAt: z.iso.datetime(),
  savedAt: z.iso.datetime(),
  total: z.int().min(1),
  answers: z.array(z.object({ question: text, chosen: text, side: z.enum(['left', 'right']), ms: z.number().min(0) })).max(100_000),
});

const pair = z.tuple([text, text]);
const key = z.object({
  format: z.literal('munit-survey-key'),
  version: z.literal(1),
  id: text,
  title: z.string(),
  methods: z.array(text).min(2),
  against: text.optional(),
  seed: z.int(),
  workersPerQuestion: z.int().min(1),
  questions: z.array(
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('comparison'), id: text, input: z.string(), methods: pair, images: pair }),
      z.object({ kind: z.literal('check'), id: text, input: z.string(), right: text }),
    ]),
  ),
});

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new DataError(`${path} cannot be read.`, { cause, remedy: 'Check that the file is there and its permissions.' });
  });
}

function parse(path: string, json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch (cause) {
    throw new DataError(`${path} is not JSON.`, { cause, remedy: 'Leave the file out, or ask its sender to save it again.' });
  }
}

function check<T>(schema: z.ZodType<T>, path: string, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : ` (${issue.path.join('.')}: ${issue.message})`;
  throw new DataError(`${path} is not ${what}${where}.`, { remedy: 'Leave the file out, or give the file as it was written.' });
}

/** Reads the key that `writeSurvey` has written. @throws DataError naming the file and what is wrong with it */
export async function readSurveyKey(path: string): Promise<SurveyKey> {
  return check<SurveyKey>(key, path, parse(path, await readText(path)), 'the key of a survey');
}

/** Files as they are given, folders with the `.json` and `.jsonl` files that lie in them. */
async function filesOf(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const found = await stat(path).catch((cause: unknown) => {
      throw new DataError(`${path} does not exist.`, { cause, remedy: 'Give files of answers, or folders that hold them.' });
    });
    if (!found.isDirectory()) files.push(path);
    else files.push(...(await readdir(path)).filter((name) => /\.(json|jsonl|ndjson)$/i.test(name)).sort().map((name) => join(path, name)));
  }
  return files;
}

/**
 * Reads answers: the files that the page saves, folders of them, JSON arrays of several, and JSON lines such as a server keeps.
 * @throws DataError naming the file that is not answers, and why
 */
export async function readSurveyAnswers(paths: readonly string[]): Promise<SurveyAnswers[]> {
  const found: SurveyAnswers[] = [];
  for (const path of await filesOf(paths)) {
    const content = await readText(path);
    const lines = /\.(jsonl|ndjson)$/i.test(path) ? content.split('\n').filter((line) => line.trim() !== '') : [content];
    for (const line of lines) {
      const value = parse(path, line);
      for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) found.push(check<SurveyAnswers>(answers, path, one, 'answers of a survey'));
    }
  }
  return found;
}
