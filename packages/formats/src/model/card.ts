/** The model card: a README that Hugging Face and people read. */
import { kindOf, styleDimOf } from '../official/kinds.js';
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

function describe({ architecture: net, domains }: ModelManifest): string[] {
  const styleDim = styleDimOf(net);
  const style = styleDim > 0 ? `, style code of ${styleDim} numbers` : '';
  const { title, summary } = kindOf(net);
  return [
    `Translates between **${plain(domains.a.name)}** (domain a, ${domains.a.channels} channels) and **${plain(domains.b.name)}** (domain b, ${domains.b.channels} channels), in both directions.`,
    '',
    `- Method: ${title} (${summary})`,
    `- Network: width ${net.dim}, ${net.nDownsample} downsamplings, ${net.nRes} residual blocks${style}, ${net.activation}, ${net.padMode} padding`,
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
    'In the published PyTorch code, with `safetensors`:',
    '',
    '```python',
    'from safetensors.torch import load_file',
    `tensors = load_file('${weights.file}')`,
    "gen_a.load_state_dict({k[6:]: v for k, v in tensors.items() if k.startswith('gen_a.')})",
    "gen_b.load_state_dict({k[6:]: v for k, v in tensors.items() if k.startswith('gen_b.')})",
    '```',
    ...section('Training', manifest.training),
    ...section('Metrics', manifest.metrics),
    '',
  ].join('\n');
}
