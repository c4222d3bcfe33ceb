/** `munit merge`: the shards of a translation, as one folder. */
import type { Command } from 'commander';
import { exitCodeOf, exitCodes } from '../exitCodes.js';
import { pathOf } from '../values.js';
import type { CommandContext } from './context.js';

const examples = `
Examples:
  munit translate runs/edges-shoes drawings/ --out shoes --shard 1/4     on four machines, each with its own number
  munit merge shoes                                                      when all four are through

Checks that all shards are there, complete, and of the same model, settings and inputs; then the folder is what one run without shards
leaves, byte for byte. Interrupted, the same command continues.`;

async function merge(out: string, { json }: { readonly json?: true }, { io, setExitCode }: CommandContext): Promise<void> {
  const { mergeShards } = await import('@munit/infer/node');
  const { shards, translated, failed, outputs } = await mergeShards(out);
  for (const { input, message } of failed) io.stderr.write(`Not translated: ${input}: ${message}\n`);
  if (json === true) io.stdout.write(`${JSON.stringify({ out, shards, translated, failed: failed.map(({ input, code, message }) => ({ input, code, message })), outputs })}\n`);
  else io.stdout.write(`${shards} shards merged, ${translated} translated${failed.length === 0 ? '' : `, ${failed.length} failed`}: ${out}\n`);
  const codes = new Set(failed.map(({ code }) => exitCodeOf(code)));
  if (codes.size > 0) setExitCode(codes.size === 1 ? [...codes][0]! : exitCodes.data);
}

export function addMerge(program: Command, context: CommandContext): void {
  program
    .command('merge')
    .argument('<out>', 'the folder of results that the shards were given', pathOf)
    .description('join the shards of a translation')
    .option('--json', 'one JSON object instead of a sentence')
    .addHelpText('after', examples)
    .action((out: string, options: { readonly json?: true }) => merge(out, options, context));
}
