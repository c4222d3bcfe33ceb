/** Which part of the work this process does: what `--shard` says, or the scheduler. */
import type { Shard } from '@munit/infer/node';
import { InvalidArgumentError } from 'commander';
import { UsageError } from './errors.js';

/** What `--shard` takes: a part, the ranks of a launcher, or none. */
export type ShardChoice = Shard | 'rank' | 'none';

/** `2/8`, `rank` or `none`. */
export function shardChoice(text: string): ShardChoice {
  if (text === 'rank' || text === 'none') return text;
  const [, index, count] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (shard.index >= 1 && shard.index <= shard.count) return shard;
  throw new InvalidArgumentError("It must be I/N with I from 1 to N, such as 2/8, or 'rank', or 'none'.");
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A whole number that a scheduler has set. @throws UsageError for anything else */
function numberIn(environment: Environment, name: string): number | undefined {
  const text = environment[name];
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`${name} is '${text}', which is not a whole number.`, 'Give --shard I/N, or --shard none.');
}

function checked(index: number, count: number, names: string): Shard {
  if (count >= 1 && index >= 1 && index <= count) return { index, count };
  throw new UsageError(`${names} name part ${index} of ${count}, which does not exist.`, 'Give --shard I/N, or --shard none.');
}

/** Slurm counts the tasks of an array from any number, in any steps. */
function ofSlurm(environment: Environment): Shard | undefined {
  const id = numberIn(environment, 'SLURM_ARRAY_TASK_ID');
  const count = numberIn(environment, 'SLURM_ARRAY_TASK_COUNT');
  if (id === undefined || count === undefined) return undefined;
  const min = numberIn(environment, 'SLURM_ARRAY_TASK_MIN') ?? 0;
  const max = numberIn(environment, 'SLURM_ARRAY_TASK_MAX') ?? min + count - 1;
  const step = count === 1 ? 1 : (max - min) / (count - 1);
  const place = (id - min) / step;
  if (Number.isInteger(place)) return checked(place + 1, count, 'SLURM_ARRAY_TASK_ID and SLURM_ARRAY_TASK_COUNT');
  throw new UsageError('The tasks of this Slurm array do not follow each other in equal steps.', 'Submit it as --array=1-N, or give --shard I/N.');
}

/** Kubernetes says which pod of an indexed job this is, and not how many there are. */
function ofKubernetes(environment: Environment): Shard | undefined {
  const index = numberIn(environment, 'JOB_COMPLETION_INDEX');
  if (index === undefined) return undefined;
  const count = numberIn(environment, 'MUNIT_SHARD_COUNT');
  if (count !== undefined) return checked(index + 1, count, 'JOB_COMPLETION_INDEX and MUNIT_SHARD_COUNT');
  throw new UsageError('JOB_COMPLETION_INDEX says that this is one pod of an indexed job, but not of how many.', "Set MUNIT_SHARD_COUNT to the job's completions, or give --shard none.");
}

/**
 * The part of the work: as `--shard` says; without it, what Slurm (job arrays) or Kubernetes (indexed jobs) has set. `RANK` and `WORLD_SIZE`,
 * which many programs set for other reasons, count with `--shard rank` only.
 * @throws UsageError when the environment contradicts itself
 */
export function shardOf(choice: ShardChoice | undefined, environment: Environment): Shard | undefined {
  if (choice === 'none') return undefined;
  if (choice === 'rank') {
    const rank = numberIn(environment, 'RANK');
    const size = numberIn(environment, 'WORLD_SIZE');
    if (rank === undefined || size === undefined) throw new UsageError('--shard rank needs RANK and WORLD_SIZE.', 'Let a launcher set them, or give --shard I/N.');
    return checked(rank + 1, size, 'RANK and WORLD_SIZE');
  }
  const shard = choice ?? ofSlurm(environment) ?? ofKubernetes(environment);
  return shard?.count === 1 && choice === undefined ? undefined : shard;
}
