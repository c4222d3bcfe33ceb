/** What `munit convert` does with its request. */
import { relative } from 'node:path';
import { type Conversion, convertModel } from '@munit/infer/node';
import type { Action, ConvertRequest } from '../actions.js';
import { counter } from '../counter.js';
import { exitCodes } from '../exitCodes.js';
import { given } from './given.js';
import { chooseModel } from './source.js';

export const convert: Action<ConvertRequest> = async (request, { stdout, stderr }, signal) => {
  const { out, to, dtype, domains, activation, padding, overwrite, json } = request;
  const { source, name } = await chooseModel(request.source, request.checkpoint);
  const reading = counter(stderr, 'Reading MB');
  const conversion = await convertModel(source, {
    to,
    out,
    overwrite,
    signal,
    hints: given({ activation, padMode: padding }),
    ...given({ dtype, domains: domains && { a: { name: domains.a }, b: { name: domains.b } } }),
    onProgress(progress) {
      if (progress.kind === 'read' && progress.total !== undefined) reading.show(Math.round(progress.loaded / 1e6), Math.round(progress.total / 1e6));
    },
  }).finally(() => reading.clear());
  stdout.write(json ? `${JSON.stringify({ source: name, to, ...conversion })}\n` : describe(name, conversion));
  return exitCodes.ok;
};

/** Relative where that is short. */
const shown = (path: string): string => (relative('.', path).startsWith('..') ? path : relative('.', path));

const withCommas = (n: number): string => n.toLocaleString('en-US');

/** What was found and what was written, for people. */
function describe(name: string, { architecture: net, domains, parameters, sizeMultiple, about, files }: Conversion): string {
  const style = net.method === 'munit' ? `, style codes of ${net.styleDim} numbers, MLP of ${net.mlpDim}` : '';
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
  return [name, ...[...lines, ...written].map(([what, value]) => `  ${what.padEnd(8)} ${value}`), ''].join('\n');
}
