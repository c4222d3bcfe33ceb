/** `munit merge` of an evaluation: what the shards have measured, as if it had been measured in one piece. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { DataError } from '@munit/core';
import { writeFileAtomically } from '@munit/formats/node';
import { notComplete, removeShards, shardFolder, shardNames, shardsIn } from '@munit/infer/node';
import type { RunJudgements } from '@munit/train/node';
import { UsageError } from '../errors.js';
import type { CliIo } from '../io.js';
import { evaluate } from './evaluate.js';
import { joinFeatures } from './features.js';
import { checkSettings, prepareFolder } from './folder.js';
import { joinValues, readJson } from './parts.js';
import { JUDGEMENTS } from './sections/synthetic.js';
import { type EvaluationShard, type JoinedEvaluation, readJoined, readShard } from './shards.js';

interface Part {
  readonly folder: string;
  readonly record: EvaluationShard;
}

/**
 * Checks that all shards of `munit evaluate` in `out` are complete and belong together, joins what they have measured in the order of one
 * run, and makes the report of it: files, figures and page are those of one run, byte for byte. Interrupted, it continues when it is called again.
 * @throws DataError for a shard that is missing, not complete, or of another model, settings, images or device
 */
export async function mergeEvaluation(out: string, json: boolean, io: CliIo, signal: AbortSignal): Promise<void> {
  const joined = (await readJoined(out)) ?? (await joinShards(out));
  const { request, device } = joined.first;
  checkPlace(joined.first);
  await evaluate({ ...request, out, resume: true, json }, io, signal, { device, judged: joined.judged });
  await removeShards(out, joined);
}

/** @throws UsageError when paths were given that are others here */
function checkPlace({ request, cwd }: EvaluationShard): void {
  const paths = [...request.what, ...[request.a, request.b, request.weights, request.classifier, request.classifierA].filter((path) => path !== undefined)];
  if (cwd !== process.cwd() && paths.some((path) => !isAbsolute(path))) throw new UsageError(`The shards were given paths that start in ${cwd}.`, 'Go there, and merge again.');
}

/** Puts everything into the places of one run. */
async function joinShards(out: string): Promise<JoinedEvaluation> {
  const parts = await partsOf(out);
  checkAlike(parts);
  const first = parts[0]!.record;
  const { state, step, request } = first;
  checkPlace(first);
  await checkSettings(out, state, 'Move it away: the shards are of another one.');
  if (step === undefined) {
    await prepareFolder(out, state, { ...request, resume: true });
    // What is left of an earlier evaluation is not what these shards have found.
    await rm(join(out, 'sections'), { recursive: true, force: true });
  }
  for (const folder of ['translations', 'reconstructions']) await moveAll(parts, out, folder);
  await joinAll(parts, out, 'features', (name, files) => joinFeatures(name, files));
  await joinAll(parts, out, 'parts', (name, files) => new TextEncoder().encode(joinValues(name, files.map((file) => new TextDecoder().decode(file)))), (name) => name !== JUDGEMENTS);
  return { first, judged: await judgedBy(parts) };
}

async function partsOf(out: string): Promise<Part[]> {
  const count = await shardsIn(out);
  const parts: Part[] = [];
  const missing: number[] = [];
  for (let index = 1; index <= count; index++) {
    const folder = shardFolder(out, { index, count });
    const record = await readShard(folder);
    if (record === undefined) missing.push(index);
    else parts.push({ folder, record });
  }
  if (missing.length > 0) throw notComplete(missing, count);
  return parts;
}

/** All shards had the same model, settings and images, and measured on the same device. */
function checkAlike([first, ...others]: readonly Part[]): void {
  const check = (what: (record: EvaluationShard) => unknown, problem: string, remedy: string): void => {
    const differing = others.filter(({ record }) => JSON.stringify(what(record)) !== JSON.stringify(what(first!.record)));
    if (differing.length > 0) throw new DataError(`${shardNames(differing.map(({ record }) => record.shard.index), first!.record.shard.count)} ${problem}.`, { remedy });
  };
  const again = 'Run them again with the same command and --no-resume.';
  check(({ state, request: { protocols, to, checkpoint } }) => [state, protocols, to, checkpoint], 'had another model, other images or other settings than shard 1', again);
  check(({ names }) => names, 'saw other images than shard 1', 'Run all shards again on the images as they are now, with --no-resume.');
  check(({ device }) => device, 'measured on another device than shard 1, whose roundings are others', `Give all shards the same --device. ${again}`);
}

/** Moves the files of a folder of each shard to where one run has them; what an interrupted merge has moved is there already. */
async function moveAll(parts: readonly Part[], out: string, name: string): Promise<void> {
  for (const { folder } of parts) {
    const from = join(folder, name);
    if (!existsSync(from)) continue;
    for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.png')) continue;
      const path = join(entry.parentPath, entry.name);
      const to = join(out, name, path.slice(from.length + 1));
      await mkdir(dirname(to), { recursive: true });
      await rename(path, to);
    }
  }
}

/** Joins the files of one name of all shards. @throws DataError for one that a shard lacks, or that do not make a whole */
async function joinAll(parts: readonly Part[], out: string, folder: string, join_: (name: string, files: readonly Uint8Array[]) => Uint8Array, wanted: (name: string) => boolean = () => true): Promise<void> {
  const names = new Set<string>();
  for (const part of parts) for (const name of await readdir(join(part.folder, folder)).catch(() => [])) if (/\.(json|safetensors)$/.test(name) && wanted(name)) names.add(name);
  if (names.size > 0) await mkdir(join(out, folder), { recursive: true });
  for (const name of names) {
    const files: Uint8Array[] = [];
    for (const part of parts) {
      files.push(
        await readFile(join(part.folder, folder, name)).catch((cause: unknown) => {
          throw new DataError(`${shardNames([part.record.shard.index], parts.length)} has not measured ${name}, and others have.`, { cause, remedy: 'Run it again with the same command and --no-resume.' });
        }),
      );
    }
    await writeFileAtomically(join(out, folder, name), join_(name, files));
  }
}

/** What the shards have found of images whose truth is known; undefined where that was not asked. */
async function judgedBy(parts: readonly Part[]): Promise<readonly RunJudgements[] | undefined> {
  const texts = await Promise.all(parts.map(({ folder }) => readFile(join(folder, 'parts', JUDGEMENTS), 'utf8').catch(() => undefined)));
  return texts.every((text) => text !== undefined) ? texts.map((text) => readJson(text) as RunJudgements) : undefined;
}
