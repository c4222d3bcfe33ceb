/** The model card: a README that Hugging Face and people read. */
import { shownValue } from '@munit/core';
import { kindOf, styleDimOf, unpublishedOptions } from '../official/kinds.js';
import type { ModelManifest } from './manifest.js';
import type { Json } from './types.js';

/** Text that stays text: no markup, one line. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|#]/g, (mark) => `\\${mark}`);
}

function section(title: string, value: Json | undefined): string[] {
  if (value === undefined) return [];
  return ['', `## ${title}`, '', '```json', JSON.stringify(value, null, 2).replaceAll('```', "'''"), '```'];
}

/** What a configuration left out of the objective, by name (`without`): the paper's ablations. */
function leftOut({ training }: ModelManifest): string[] {
  const without = (training as { readonly config?: { readonly without?: Json } } | undefined)?.config?.without;
  if (!Array.isArray(without) || without.length === 0) return [];
  return [`- Ablation: trained without the reconstruction of ${without.map((what) => plain(shownValue(what))).join(' and ')}`];
}

/** Options of the networks that the published code does not have. */
function improvements({ architecture }: ModelManifest): string[] {
  const options = unpublishedOptions(architecture);
  if (options.length === 0) return [];
  return [`- Beyond the published networks: ${options.map((key) => `${key} ${plain(shownValue((architecture as unknown as Readonly<Record<string, unknown>>)[key]))}`).join(', ')}`];
}

/** The networks of the published code, and what the names of their weights begin with here. */
function publishedNetworks({ method, ...net }: ModelManifest['architecture']): (readonly [network: string, prefix: string])[] {
  if (method === 'bicyclegan') return [['netG', 'gen_b.G.'], ...('encoder' in net && net.encoder === 'none' ? [] : [['netE', 'gen_b.E.'] as const])];
  if (method === 'cyclegan') return 'directions' in net && net.directions === 'a-to-b' ? [['netG', 'gen_b.']] : [['netG_A', 'gen_b.'], ['netG_B', 'gen_a.']];
  return [['gen_a', 'gen_a.'], ['gen_b', 'gen_b.']];
}

function describe(manifest: ModelManifest): string[] {
  const { architecture: net, domains } = manifest;
  const oneWay = 'directions' in net && net.directions === 'a-to-b';
  const styleDim = styleDimOf(net);
  const style = styleDim > 0 ? `, style code of ${styleDim} numbers` : '';
  const { title, summary } = kindOf(net);
  return [
    `Translates ${oneWay ? 'from' : 'between'} **${plain(domains.a.name)}** (domain a, ${domains.a.channels} channels) ${oneWay ? 'to' : 'and'} **${plain(domains.b.name)}** (domain b, ${domains.b.channels} channels)${oneWay ? '' : ', in both directions'}.`,
    '',
    `- Method: ${title} (${summary})`,
    `- Network: width ${net.dim}, ${net.nDownsample} downsamplings, ${net.nRes} residual blocks${style}, ${net.activation}, ${net.padMode} padding`,
    ...leftOut(manifest),
    ...improvements(manifest),
  ];
}

/** How the published code loads the weights, where its networks are these. */
function inPyTorch({ architecture, weights }: ModelManifest): string[] {
  if (unpublishedOptions(architecture).length > 0) return ['The published PyTorch code has no such networks; `munit convert --to onnx` makes graphs for other programs.'];
  return [
    'In the published PyTorch code, with `safetensors`:',
    '',
    '```python',
    'from safetensors.torch import load_file',
    `tensors = load_file('${weights.file}')`,
    ...publishedNetworks(architecture).map(([network, prefix]) => `${network}.load_state_dict({k[${prefix.length}:]: v for k, v in tensors.items() if k.startswith('${prefix}')})`),
    '```',
  ];
}

/** The text of `README.md`. */
export function modelCard(manifest: ModelManifest): string {
  const { license, weights, domains } = manifest;
  return [
    '---',
    'library_name: munit',
    'pipeline_tag: image-to-image',
    ...(license === undefined ? [] : [`license: ${JSON.stringify(license)}`]),
    'tags:',
    '  - munit',
    '  - image-to-image',
    '  - unpaired-image-translation',
    '---',
    '',
    `# ${plain(domains.a.name)} ↔ ${plain(domains.b.name)}`,
    '',
    ...describe(manifest),
    '',
    '## Files',
    '',
    `- \`${weights.file}\`: the weights, ${weights.dtype}, ${weights.bytes} bytes, SHA-256 \`${weights.sha256}\``,
    '- `model.json`: architecture, domains, training and metrics',
    '',
    '## Use',
    '',
    'In JavaScript, with `@munit/infer`: `loadTranslator(folder)`, where the folder may be a path, an address or `hf:owner/name`.',
    '',
    ...inPyTorch(manifest),
    ...section('Training', manifest.training),
    ...section('Metrics', manifest.metrics),
    '',
  ].join('\n');
}
