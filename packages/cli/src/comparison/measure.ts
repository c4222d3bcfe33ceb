/** What each run of a comparison is measured by: the protocols of `munit evaluate`, the same for all; what is there already is kept. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '@munit/formats/node';
import type { Figure } from '@munit/metrics';
import { imagesOfRun } from '@munit/train/node';
import { evaluate } from '../evaluation/evaluate.js';
import { cellOf, digestOfFiles, imageList } from '../evaluation/images.js';
import type { EvaluationFile, ProtocolName } from '../evaluation/types.js';
import type { CliIo } from '../io.js';
import type { PictureRow } from './page.js';
import type { EvaluationPlan } from './plan.js';
import type { Run, RunCost } from './runs.js';

/** How runs are measured. */
export interface MeasureOptions {
  readonly evaluation: EvaluationPlan;
  readonly device: string;
  readonly threads: number | undefined;
  readonly io: CliIo;
  readonly signal: AbortSignal;
}

/** Real images that translations are compared with, at most. */
const realImages = 1000;

/** Beside the run folder, so that `munit evaluate` of the run alone does not meet it. */
const folderOf = ({ folder }: Run): string => `${folder}-evaluation`;

/** What was found of a run. */
export interface Measured {
  readonly figures: readonly Figure[];
  /** What is to be known of all figures, such as that training images were translated. */
  readonly warnings: readonly string[];
}

/** The figures of translations to B of a run that has been trained. @throws as `evaluate` */
export async function measureRun(run: Run, { step, seconds }: RunCost, { evaluation, device, threads, io, signal }: MeasureOptions): Promise<Measured> {
  const folder = folderOf(run);
  const done = join(folder, 'measured.json');
  const { known, digest } = await examine(run, evaluation);
  // The seconds tell a run from one that was trained again in its place.
  const state = JSON.stringify({ step, seconds, ...evaluation, digest });
  const measured = async (): Promise<Measured> => {
    const { sections, warnings } = JSON.parse(await readFile(join(folder, 'evaluation.json'), 'utf8')) as EvaluationFile;
    return { figures: sections.flatMap((section) => (section.to === 'a' ? [] : section.figures)), warnings };
  };
  const earlier = await readFile(done, 'utf8').catch(() => undefined);
  if (earlier === state) return measured();
  const { inputs, styles, resamples, classifier } = evaluation;
  const protocols: ProtocolName[] = ['diversity', 'quality', ...(classifier === undefined ? [] : (['modes'] as const)), ...(known ? (['synthetic'] as const) : [])];
  const begun = await readFile(join(folder, 'begun.json'), 'utf8').catch(() => undefined);
  await writeState(folder, 'begun.json', state);
  const request = {
    what: [run.folder], protocols, checkpoint: 'latest', to: 'b', a: undefined, b: undefined, size: undefined, inputs, styles, real: realImages, seed: 0,
    features: 'alexnet', weights: undefined, classifier, classifierA: undefined, resamples, out: folder, resume: begun === state, device, threads, shard: undefined, skipBroken: false, json: false,
  } as const;
  await evaluate(request, { ...io, stdout: { write: () => true } }, signal);
  await writeState(folder, 'measured.json', state);
  return measured();
}

/** Whether the truth of a run's images is known, and what changes when any of them, or the classifier, does. */
async function examine(run: Run, { inputs: most, classifier }: EvaluationPlan): Promise<{ readonly known: boolean; readonly digest: string }> {
  const { inputs, real, crop, known, dispose } = await imagesOfRun(run.folder);
  try {
    const files = classifier === undefined ? [] : ['classifier.json', 'classifier.safetensors'].map((name) => join(classifier, name));
    const lists = [imageList(inputs.a, most, crop), imageList(real.b, realImages, crop), { label: '', names: files, paths: files }];
    return { known, digest: await digestOfFiles(lists) };
  } finally {
    await dispose();
  }
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
