/** `munit convert`: its options, its request, its work. */
import { relative } from 'node:path';
import { visible, visibleJson } from '@munit/core/text';
import type { Conversion } from '@munit/infer/node';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { counter } from '../counter.js';
import { exitCodes } from '../exitCodes.js';
import { withInterrupt } from '../interrupt.js';
import { checkpointName, given, pathOf } from '../values.js';
import type { Action, CommandContext } from './context.js';
import { chooseModel } from '../modelChoice.js';

/** What `munit convert` is asked to do. */
export interface ConvertRequest {
  /** The model, in any form that `munit translate` takes: a model folder, run folder, checkpoint of the published code, address or `hf:owner/name`. */
  readonly source: string;
  /** Of a run: `best`, `latest` or a step. */
  readonly checkpoint: string | undefined;
  /** Path of the result: a folder for `munit` and `onnx`, a file for `pytorch` and `safetensors`. */
  readonly out: string;
  /** The form of the result: a model folder, a `gen_*.pt` of the published code, one self-describing safetensors file, a folder of ONNX graphs, a model repository of Triton, or one with an InferenceService of KServe. */
  readonly to: 'munit' | 'pytorch' | 'safetensors' | 'onnx' | 'triton' | 'kserve';
  /** Type of the stored weights, for `munit` and `safetensors`; undefined writes float32. */
  readonly dtype: 'float32' | 'float16' | undefined;
  /** Names of both domains, as in `edges` and `shoes`; undefined keeps those of the source. */
  readonly domains: { readonly a: string; readonly b: string } | undefined;
  /** The generators' activation, which the weights of a PyTorch file do not show; undefined assumes the published `relu`. */
  readonly activation: 'relu' | 'lrelu' | 'prelu' | 'selu' | 'tanh' | 'none' | undefined;
  /** How convolutions fill borders, which the weights do not show either; undefined assumes the published `reflect`. */
  readonly padding: 'reflect' | 'replicate' | 'zero' | undefined;
  /** Whether weights must be the file that `model.json` names, by SHA-256. */
  readonly verify: boolean;
  /** Whether an existing result at `out` is replaced; otherwise it is an error. */
  readonly overwrite: boolean;
  /** Whether stdout gets one JSON object instead of a description. */
  readonly json: boolean;
}

interface ConvertOptions {
  readonly out: string;
  readonly to?: ConvertRequest['to'];
  readonly dtype?: 'fp32' | 'fp16';
  readonly names?: { readonly a: string; readonly b: string };
  readonly activation?: NonNullable<ConvertRequest['activation']>;
  readonly padding?: NonNullable<ConvertRequest['padding']>;
  readonly checkpoint?: string;
  readonly verify: boolean;
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
  const { out, to = formOf(out), dtype, names, activation, padding, checkpoint, verify, overwrite, json } = options;
  return {
    source,
    checkpoint,
    verify,
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
  munit convert edges2shoes --out repository --to triton                   a model repository; --to kserve: with an InferenceService
  munit convert hf:owner/edges2shoes --out edges2shoes.safetensors         one file that describes itself

SOURCE is whatever "munit translate" takes. Nothing in a PyTorch file is executed. Its weights do not say which activation and padding were used:
without --activation and --padding they are the published ones, relu and reflect.`;

/** Converts; the library is loaded when it is needed. */
const convert: Action<ConvertRequest> = async (request, { stdout, stderr }, signal) => {
  const { convertModel } = await import('@munit/infer/node');
  const { out, to, dtype, domains, activation, padding, verify, overwrite, json } = request;
  const { source, name } = await chooseModel(request.source, request.checkpoint);
  const reading = counter(stderr, 'Reading MB');
  const conversion = await convertModel(source, {
    to,
    out,
    overwrite,
    verify,
    signal,
    hints: given({ activation, padMode: padding }),
    ...given({ dtype, domains: domains && { a: { name: domains.a }, b: { name: domains.b } } }),
    onProgress(progress) {
      if (progress.kind === 'read' && progress.total !== undefined) reading.show(Math.round(progress.loaded / 1e6), Math.round(progress.total / 1e6));
    },
  }).finally(() => reading.clear());
  stdout.write(json ? `${visibleJson({ source: name, to, ...conversion })}\n` : describe(name, conversion));
  return exitCodes.ok;
};

/** Relative where that is short. */
const shown = (path: string): string => (relative('.', path).startsWith('..') ? path : relative('.', path));

const withCommas = (n: number): string => n.toLocaleString('en-US');

/** What was found and what was written, for people. */
function describe(name: string, { architecture: net, domains, parameters, sizeMultiple, about, files }: Conversion): string {
  const style = 'styleDim' in net && net.styleDim > 0 ? `, style codes of ${net.styleDim} numbers${'mlpDim' in net ? `, MLP of ${net.mlpDim}` : ''}` : '';
  const channels = (n: number): string => (n === 1 ? '1 channel' : `${n} channels`);
  const { training } = about;
  const steps = typeof training === 'object' && training !== null && 'steps' in training ? training.steps : undefined;
  const lines: [string, string][] = [
    ['kind', `${net.method.toUpperCase()}, both generators, ${withCommas(parameters)} parameters`],
    ['domains', `${domains.a.name} (a, ${channels(net.inputDim.a)}), ${domains.b.name} (b, ${channels(net.inputDim.b)})`],
    ['network', `width ${net.dim}, ${net.nDownsample} downsamplings, ${net.nRes} residual blocks${style}, ${net.activation}, ${net.padMode} padding`],
    ['images', `any size; multiples of ${sizeMultiple} without padding`],
    ...(typeof steps === 'number' ? [['trained', `${withCommas(steps)} steps`] as [string, string]] : []),
    ...(about.license === undefined ? [] : [['licence', about.license] as [string, string]]),
  ];
  const written = files.map(({ path, bytes }): [string, string] => ['wrote', `${shown(path)} (${withCommas(bytes)} bytes)`]);
  return [visible(name), ...[...lines, ...written].map(([what, value]) => `  ${what.padEnd(8)} ${visible(value)}`), ''].join('\n');
}

export function addConvert(program: Command, { io, setExitCode }: CommandContext, action: Action<ConvertRequest> = convert): void {
  program
    .command('convert')
    .argument('<source>', '', pathOf)
    .description('bring an official checkpoint in, or a model into another form')
    .requiredOption('--out <destination>', 'a folder for munit and onnx, a file for the others', pathOf)
    .addOption(new Option('--to <form>', 'form to write (default: by the ending of the destination)').choices(['munit', 'pytorch', 'safetensors', 'onnx', 'triton', 'kserve']))
    .addOption(new Option('--dtype <type>', 'of the weights, for munit and safetensors').choices(['fp32', 'fp16']))
    .addOption(new Option('--names <a,b>', 'what the domains show').argParser(twoNames))
    .addOption(new Option('--activation <name>', 'of a PyTorch file').choices(['relu', 'lrelu', 'prelu', 'selu', 'tanh', 'none']))
    .addOption(new Option('--padding <name>', 'of a PyTorch file').choices(['reflect', 'replicate', 'zero']))
    .addOption(new Option('--checkpoint <which>', "of a run: 'best', 'latest' or a step").argParser(checkpointName))
    .option('--no-verify', 'accept weights that differ from the file named in model.json')
    .option('--overwrite', 'replace what is at the destination')
    .option('--json', 'one JSON object instead of a description')
    .addHelpText('after', examples)
    .action(async (source: string, options: ConvertOptions) => {
      setExitCode(await withInterrupt(io, (signal) => action(convertRequest(source, options), io, signal)));
    });
}
