import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Action, ConvertRequest } from '../actions.js';
import { withInterrupt } from '../interrupt.js';
import { checkpointName } from '../values.js';
import type { CommandContext } from './context.js';

interface ConvertOptions {
  readonly out: string;
  readonly to?: ConvertRequest['to'];
  readonly dtype?: 'fp32' | 'fp16';
  readonly names?: { readonly a: string; readonly b: string };
  readonly activation?: NonNullable<ConvertRequest['activation']>;
  readonly padding?: NonNullable<ConvertRequest['padding']>;
  readonly checkpoint?: string;
  readonly overwrite?: true;
  readonly json?: true;
}

function twoNames(text: string): { a: string; b: string } {
  const [a = '', b = '', ...more] = text.split(',').map((name) => name.trim());
  if (a !== '' && b !== '' && more.length === 0) return { a, b };
  throw new InvalidArgumentError('It takes the names of both domains, as in edges,shoes.');
}

/** What the name of the destination says. */
function formOf(out: string): ConvertRequest['to'] {
  if (/\.(pt|pth)$/i.test(out)) return 'pytorch';
  return /\.safetensors$/i.test(out) ? 'safetensors' : 'munit';
}

/** The command line as a request. */
export function convertRequest(source: string, options: ConvertOptions): ConvertRequest {
  const { out, to = formOf(out), dtype, names, activation, padding, checkpoint, overwrite, json } = options;
  return {
    source,
    checkpoint,
    out,
    to,
    activation,
    padding,
    domains: names,
    dtype: dtype === undefined ? undefined : dtype === 'fp16' ? 'float16' : 'float32',
    overwrite: overwrite === true,
    json: json === true,
  };
}

const examples = `
Examples:
  munit convert gen_01000000.pt --out edges2shoes --names edges,shoes      a model folder, for munit and for sharing
  munit convert runs/edges-shoes --out small --dtype fp16                  half the size
  munit convert runs/edges-shoes --checkpoint best --out gen.pt            for the published PyTorch code
  munit convert edges2shoes --out graphs --to onnx                         encoders, decoders and whole translations
  munit convert hf:owner/edges2shoes --out edges2shoes.safetensors         one file that describes itself

SOURCE is whatever "munit translate" takes. Nothing in a PyTorch file is executed. Its weights do not tell activation and padding:
without --activation and --padding they are the published ones, relu and reflect.`;

export function addConvert(program: Command, action: Action<ConvertRequest>, { io, setExitCode }: CommandContext): void {
  program
    .command('convert <source>')
    .description('bring an official checkpoint in, or a model into another form')
    .requiredOption('--out <destination>', 'a folder for munit and onnx, a file for the others')
    .addOption(new Option('--to <form>', 'by default what the destination is called').choices(['munit', 'pytorch', 'safetensors', 'onnx']))
    .addOption(new Option('--dtype <type>', 'of the weights, for munit and safetensors').choices(['fp32', 'fp16']))
    .addOption(new Option('--names <a,b>', 'what the domains show').argParser(twoNames))
    .addOption(new Option('--activation <name>', 'of a PyTorch file').choices(['relu', 'lrelu', 'prelu', 'selu', 'tanh', 'none']))
    .addOption(new Option('--padding <name>', 'of a PyTorch file').choices(['reflect', 'replicate', 'zero']))
    .addOption(new Option('--checkpoint <which>', "of a run: 'best', 'latest' or a step").argParser(checkpointName))
    .option('--overwrite', 'replace what is at the destination')
    .option('--json', 'one JSON object instead of a description')
    .addHelpText('after', examples)
    .action(async (source: string, options: ConvertOptions) => {
      setExitCode(await withInterrupt(io, (signal) => action(convertRequest(source, options), io, signal)));
    });
}
