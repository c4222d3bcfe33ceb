/** What each run of a comparison is measured by: the protocols of `munit evaluate`, the same for all; what is there already is kept. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '@munit/formats/node';
import type { Figure } from '@munit/metrics';
import { imagesOfRun } from '@munit/train/node';
import { evaluate } from '../evaluation/evaluate.js';
import { cellOf, imageList } from '../evaluation/images.js';
import type { EvaluationFile, ProtocolName } from '../evaluation/types.js';
import type { CliIo } from '../io.js';
import type { PictureRow } from './page.js';
import type { EvaluationPlan } from './plan.js';
import type { Run } from './runs.js';

/** How runs are measured. */
export interface MeasureOptions {
  readonly evaluation: EvaluationPlan;
  readonly device: string;
  readonly threads: number | undefined;
  readonly io: CliIo;
  readonly signal: AbortSignal;
}

/** Beside the run folder, so that `munit evaluate` of the run alone does not meet it. */
const folderOf = ({ folder }: Run): string => `${folder}-evaluation`;

/** The figures of translations to B of a run that has trained to `step`. @throws as `evaluate` */
export async function measureRun(run: Run, step: number, { evaluation, device, threads, io, signal }: MeasureOptions): Promise<readonly Figure[]> {
  const folder = folderOf(run);
  const done = join(folder, 'measured.json');
  const state = JSON.stringify({ step, ...evaluation });
  const figures = async (): Promise<readonly Figure[]> => {
    const { sections } = JSON.parse(await readFile(join(folder, 'evaluation.json'), 'utf8')) as EvaluationFile;
    return sections.flatMap((section) => (section.to === 'a' ? [] : section.figures));
  };
  const earlier = await readFile(done, 'utf8').catch(() => undefined);
  if (earlier === state) return figures();
  const { known, dispose } = await imagesOfRun(run.folder);
  await dispose();
  const { inputs, styles, resamples, classifier } = evaluation;
  const protocols: ProtocolName[] = ['diversity', 'quality', ...(classifier === undefined ? [] : (['modes'] as const)), ...(known ? (['synthetic'] as const) : [])];
  const begun = await readFile(join(folder, 'begun.json'), 'utf8').catch(() => undefined);
  await writeState(folder, 'begun.json', state);
  const request = {
    what: [run.folder], protocols, checkpoint: 'latest', to: 'b', a: undefined, b: undefined, size: undefined, inputs, styles, real: 1000, seed: 0,
    features: 'alexnet', weights: undefined, classifier, classifierA: undefined, resamples, out: folder, resume: begun === state, device, threads, json: false,
  } as const;
  await evaluate(request, { ...io, stdout: { write: () => true } }, signal);
  await writeState(folder, 'measured.json', state);
  return figures();
}

async function writeState(folder: string, name: string, state: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFileAtomically(join(folder, name), new TextEncoder().encode(state));
}

/** Inputs that the report shows, and the most translations of each by one method. */
const [shownInputs, shownStyles] = [6, 4];

/** The first held-out inputs with what each of the runs made of them. */
export async function picturesOf(runs: readonly Run[]): Promise<PictureRow[]> {
  const { inputs, crop, dispose } = await imagesOfRun((runs[0] as Run).folder);
  try {
    const list = imageList(inputs.a, shownInputs, crop);
    const rows: PictureRow[] = [];
    for (let input = 0; input < list.names.length; input++) {
      const outputs: string[][] = [];
      for (const run of runs) outputs.push(await translationsOf(run, input));
      if (outputs.some((images) => images.length > 0)) rows.push({ input: cellOf(await list.load(input)).uri, outputs });
    }
    return rows;
  } finally {
    await dispose();
  }
}

async function translationsOf(run: Run, input: number): Promise<string[]> {
  const folder = join(folderOf(run), 'translations', 'to-b');
  const prefix = `${String(input).padStart(5, '0')}_`;
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith(prefix)).sort();
  return Promise.all(names.slice(0, shownStyles).map(async (name) => `data:image/png;base64,${(await readFile(join(folder, name))).toString('base64')}`));
}
