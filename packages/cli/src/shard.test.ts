import { describe, expect, it } from 'vitest';
import { shardChoice, shardOf } from './shard.js';

describe('--shard', () => {
  it('is a part, ranks or none', () => {
    expect(['2/8', '1/1', 'rank', 'none'].map(shardChoice)).toEqual([{ index: 2, count: 8 }, { index: 1, count: 1 }, 'rank', 'none']);
  });

  it.each(['0/4', '5/4', '1', '1/0', 'all', '1.5/4', '-1/4', '1/4/2'])('refuses %s', (text) => {
    expect(() => shardChoice(text)).toThrow('such as 2/8');
  });
});

describe('without it, the scheduler says', () => {
  const slurm = (id: string, count: string, min: string, max: string) => ({ SLURM_ARRAY_TASK_ID: id, SLURM_ARRAY_TASK_COUNT: count, SLURM_ARRAY_TASK_MIN: min, SLURM_ARRAY_TASK_MAX: max });
  it.each([
    ['nothing', {}, undefined],
    ['an array from 0', slurm('0', '4', '0', '3'), { index: 1, count: 4 }],
    ['an array from 1', slurm('4', '4', '1', '4'), { index: 4, count: 4 }],
    ['an array in steps', slurm('10', '4', '2', '14'), { index: 3, count: 4 }],
    ['an array of one', slurm('7', '1', '7', '7'), undefined],
    ['an indexed job', { JOB_COMPLETION_INDEX: '2', MUNIT_SHARD_COUNT: '5' }, { index: 3, count: 5 }],
    ['ranks, which are not asked for', { RANK: '1', WORLD_SIZE: '2' }, undefined],
  ])('%s', (_, environment, shard) => {
    expect(shardOf(undefined, environment)).toEqual(shard);
  });

  it('but what is given comes first', () => {
    expect(shardOf({ index: 1, count: 2 }, slurm('3', '4', '0', '3'))).toEqual({ index: 1, count: 2 });
    expect(shardOf('none', slurm('3', '4', '0', '3'))).toBeUndefined();
    expect(shardOf('rank', { RANK: '1', WORLD_SIZE: '2' })).toEqual({ index: 2, count: 2 });
  });

  it.each([
    [undefined, { JOB_COMPLETION_INDEX: '2' }, 'Set MUNIT_SHARD_COUNT'],
    [undefined, { JOB_COMPLETION_INDEX: '5', MUNIT_SHARD_COUNT: '5' }, 'name part 6 of 5'],
    [undefined, slurm('4', '3', '1', '9'), 'do not follow each other'],
    [undefined, { SLURM_ARRAY_TASK_ID: 'x', SLURM_ARRAY_TASK_COUNT: '3' }, "SLURM_ARRAY_TASK_ID is 'x'"],
    ['rank', {}, 'needs RANK and WORLD_SIZE'],
  ] as const)('%s with %o is an error', (choice, environment, problem) => {

    expect(() => shardOf(choice, environment)).toThrow(problem);
  });
});
