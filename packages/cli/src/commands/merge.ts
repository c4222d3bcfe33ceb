/** `munit merge`: the shards of a translation or an evaluation, as one folder. */
import { visible, visibleJson } from '@munit/core/text';
import type { Command } from 'commander';
import { exitCodeOf, exitCodes } from '../exitCodes.js';
import { withInterrupt } from '../interrupt.js';
import { pathOf } from '../values.js';
import type { CommandContext } from './context.js';

const examples = `
Examples:
  munit translate runs/edges-shoes drawings/ --out shoes --shard 1/4     on four machines, each with its own number
  munit merge shoes                                                      when all four are through
  munit evaluate runs/cats2dogs --protocol all --shard 1/4               the same of an evaluation
  munit merge runs/cats2dogs/evaluation

Checks that all shards are there, complete, and of the same model, settings and inputs; then the folder is what one run without shards
leaves, byte for byte. Of an evaluation, features and moments are joined, not figures averaged, and the report is made of them. Interrupted, the same command continues.`;

async function merge(out: string, { json }: { readonly json?: true }, { io, setExitCode }: CommandContext): Promise<void> {
  const { holdsEvaluation } = await import('../evaluation/shards.js');
  if (await holdsEvaluation(out)) {
    const { mergeEvaluation } = await import('../evaluation/merge.js');
    return withInterrupt(io, (signal) => mergeEvaluation(out, json === true, io, signal));
  }
  const { mergeShards } = await import('@munit/infer/node');
  const { shards, translated, failed, outputs } = await mergeShards(out);
  for (const { input, message } of failed) io.stderr.write(`Not translated: ${visible(input)}: ${visible(message)}\n`);
  if (json === true) io.stdout.write(`${visibleJson({ out, shards, translated, failed: failed.map(({ input, code, message }) => ({ input, code, message })), outputs })}\n`);
  else io.stdout.write(`${shards} shards merged, ${translated} images translated${failed.length === 0 ? '' : `, ${failed.length} failed`}: ${visible(out)}\n`);
  const codes = new Set(failed.map(({ code }) => exitCodeOf(code)));
  if (codes.size > 0) setExitCode(codes.size === 1 ? [...codes][0]! : exitCodes.data);
}

export function addMerge(program: Command, context: CommandContext): void {
  program
    .command('merge')
    .argument('<out>', 'the folder of results that the shards were given', pathOf)
    .description('join the shards of a translation or an evaluation')
    .option('--json', 'one JSON object instead of a sentence')
    .addHelpText('after', examples)
    .action((out: string, options: { readonly json?: true }) => merge(out, options, context));
}
