import { readFile } from 'node:fs/promises';
import { visible, visibleJson } from '@munit/core/text';
import type { Command } from 'commander';
import type { WeightFile, WeightsCheck } from '@munit/formats';
import { UsageError } from '../errors.js';
import { exitCodes } from '../exitCodes.js';
import { pathOf } from '../values.js';
import type { CommandContext } from './context.js';

interface WeightsOptions {
  readonly json?: true;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

const formatFile = ({ name, use, address, bytes, sha256, licence }: WeightFile): string =>
  [name, `  for      ${use}`, `  from     ${address}`, `  size     ${bytes} bytes (${megabytes(bytes)})`, `  sha256   ${sha256}`, `  licence  ${licence}`, ''].join('\n');

function formatCheck(path: string, { usable, network, preprocessing, published, bytes, sha256, problem }: WeightsCheck): string {
  const prepared = preprocessing === undefined ? 'images in [−1, 1]' : `images prepared as ${preprocessing} does`;
  const what = usable ? `${network}, ${prepared}` : problem;
  const origin = published === undefined ? 'not a published file byte for byte (a conversion, or other weights)' : `the published ${published.name}`;
  return [visible(`${path}: ${what}`), `  ${origin}`, `  size     ${bytes} bytes (${megabytes(bytes)})`, `  sha256   ${sha256}`, ''].join('\n');
}

async function weights(path: string | undefined, { json }: WeightsOptions, { io, setExitCode }: CommandContext): Promise<void> {
  const { checkWeights, weightFiles } = await import('@munit/formats');
  if (path === undefined) {
    const bundled = "AlexNet's features and the heads of LPIPS come with npm (@munit/lpips-weights). Other weights are files that you fetch and name:\n\n";
    io.stdout.write(json === true ? `${JSON.stringify(weightFiles)}\n` : bundled + weightFiles.map(formatFile).join('\n'));
    return;
  }
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new UsageError(`${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`, 'Check the path.');
  });
  const found = await checkWeights(new Uint8Array(bytes));
  io.stdout.write(json === true ? `${visibleJson({ path, ...found })}\n` : formatCheck(path, found));
  if (!found.usable) setExitCode(exitCodes.run);
}

const examples = `
Examples:
  munit weights                          what there is, where from, sizes and SHA-256
  munit weights vgg16-397923af.pth       whether it is that, and what its weights expect of an image

Exits with 5 when the file cannot be used.`;

export function addWeights(program: Command, context: CommandContext): void {
  program
    .command('weights')
    .argument('[file]', '', pathOf)
    .description("which weights of feature networks (VGG16, Inception, SqueezeNet, AlexNet) there are, or what a file of them is")
    .option('--json', 'JSON instead of text')
    .addHelpText('after', examples)
    .action((file: string | undefined, options: WeightsOptions) => weights(file, options, context));
}
