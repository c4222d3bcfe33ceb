/** From folders of images to a folder that can be put on any static host. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AbortedError, ArgumentError, checkOneOf, checkOptions, DataError, type OptionNames } from '@munit/core';
import { temporaryPath, writeFileAtomically } from '@munit/formats/node';
import { type PlannedQuestion, planSurvey } from '../plan/plan.js';
import { sizeNames, type SurveyPreset, surveyPresets, type SurveySize } from '../plan/presets.js';
import { renderSurveyPage } from '../renderPage.js';
import type { KeyQuestion, PageQuestion, SurveyKey, SurveyPage } from '../types.js';
import { matchFolders, type MethodFolder } from './match.js';
import { pictureWriter, type PictureWriter } from './pictures.js';

/** What a survey is made of. */
export interface WriteSurveyOptions {
  /** Folder of the input images. */
  readonly inputs: string;
  /** At least two folders of translations. */
  readonly methods: readonly MethodFolder[];
  /** The folder of the page; it must not exist, or be empty. The key goes to `OUT.key.json` beside it, the links to `OUT.links.txt`. */
  readonly out: string;
  /** How much is asked; `size` changes single numbers of it. Default `quick`. */
  readonly preset?: SurveyPreset | undefined;
  /** Numbers that differ from the preset's. */
  readonly size?: Partial<SurveySize> | undefined;
  /** Compare all other methods with this one, rather than all with each other. */
  readonly against?: string | undefined;
  /** Default 'Which translation is better?'. */
  readonly title?: string | undefined;
  /** What is asked above each pair. */
  readonly question?: string | undefined;
  /** Paragraphs before the first question. */
  readonly instructions?: readonly string[] | undefined;
  /** An `http:` or `https:` address to which the page posts the answers as JSON. It must allow requests from the page's origin (CORS). */
  readonly post?: string | undefined;
  /** 0 to 2³² − 1. Default 1. */
  readonly seed?: number | undefined;
  /** Called after each question: `done` of `total`. */
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
  /** Stops with an `AbortedError`; nothing is left behind. */
  readonly signal?: AbortSignal | undefined;
}

const optionNames: OptionNames<WriteSurveyOptions> = {
  inputs: true,
  methods: true,
  out: true,
  preset: true,
  size: true,
  against: true,
  title: true,
  question: true,
  instructions: true,
  post: true,
  seed: true,
  onProgress: true,
  signal: true,
};

/** What was written. */
export interface WrittenSurvey {
  /** The folder of the page. */
  readonly folder: string;
  /** Path of the key, which workers must not see. */
  readonly key: string;
  /** Path of the links, one for each seat. */
  readonly links: string;
  /** Comparisons in all. */
  readonly comparisons: number;
  /** How many workers are planned. */
  readonly seats: number;
  /** Questions that each of them answers, attention checks included: the most. */
  readonly questionsPerSeat: number;
  /** Inputs left out, images of different sizes or without difference. */
  readonly warnings: readonly string[];
}

const defaults = {
  title: 'Which translation is better?',
  question: 'Which of the two is the better translation of the input?',
  instructions: [
    'You will see an input image and two translations of it. Choose the translation that looks more real and fits the input better. There is often no clear answer: trust your first impression, but take all the time you want.',
  ],
};

async function refuseUsedPlaces(out: string, files: readonly string[]): Promise<void> {
  const names = await readdir(out).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new DataError(`${out} cannot be used as a folder.`, { cause: error, remedy: 'Give the path of a new folder.' });
  });
  if (names.length > 0) throw new ArgumentError(`${out} is not empty.`, { remedy: 'Give a new folder: answers to the survey that is there would fit no other.' });
  const beside = await readdir(dirname(out)).catch((): string[] => []);
  const taken = files.find((file) => beside.includes(basename(file)));
  if (taken !== undefined) throw new ArgumentError(`${taken} already exists.`, { remedy: 'Give another folder, or move the key of the earlier survey away.' });
}

function checkPost(post: string | undefined): void {
  if (post === undefined) return;
  if (!URL.canParse(post) || !['http:', 'https:'].includes(new URL(post).protocol)) {
    throw new ArgumentError(`The answers cannot be posted to '${post}'.`, { remedy: 'Give an address that starts with https:// or http://.' });
  }
}

/** Sizes that tell methods apart, and pairs that show the same. */
class Findings {
  #sizes: string[] = [];
  #equal = new Map<string, number>();
  #total = new Map<string, number>();

  add(pair: string, input: string, sizes: readonly [string, string], isEqual: boolean): void {
    this.#total.set(pair, (this.#total.get(pair) ?? 0) + 1);
    if (isEqual) this.#equal.set(pair, (this.#equal.get(pair) ?? 0) + 1);
    if (sizes[0] !== sizes[1]) this.#sizes.push(`${input}: ${sizes.join(' and ')}`);
  }

  /** @throws DataError when two methods show the same throughout */
  warnings(): string[] {
    const [same] = [...this.#equal].filter(([pair, count]) => count === this.#total.get(pair));
    if (same !== undefined) throw new DataError(`All translations of ${same[0]} are the same, pixel for pixel.`, { remedy: 'Give each method its own folder.' });
    return [
      ...[...this.#equal].map(([pair, count]) => `${count} of ${this.#total.get(pair)} questions about ${pair} show the same image twice.`),
      ...(this.#sizes.length === 0 ? [] : [`Translations of different sizes may tell methods apart; questions that show some: ${this.#sizes.length} (${this.#sizes[0]}).`]),
    ];
  }
}

interface Written {
  readonly page: PageQuestion;
  readonly key: KeyQuestion;
}

interface Folders {
  readonly inputs: string;
  readonly methods: ReadonlyMap<string, string>;
}

async function writeQuestion(id: string, question: PlannedQuestion, folders: Folders, pictures: PictureWriter, findings: Findings): Promise<Written> {
  const { address: input } = await pictures.plain(join(folders.inputs, question.input));
  if (question.kind === 'check') {
    const path = join(folders.methods.get(question.method)!, question.file);
    const [good, bad] = [await pictures.plain(path), await pictures.spoilt(path)];
    const images = question.right === 0 ? ([good.address, bad.address] as const) : ([bad.address, good.address] as const);
    return { page: { id, input, images }, key: { kind: 'check', id, input: question.input, right: good.address } };
  }
  const { methods, files } = question;
  const first = await pictures.plain(join(folders.methods.get(methods[0])!, files[0]));
  const second = await pictures.plain(join(folders.methods.get(methods[1])!, files[1]));
  findings.add([...methods].sort().map((name) => `'${name}'`).join(' and '), question.input, [first.size, second.size], first.digest === second.digest);
  const images = [first.address, second.address] as const;
  return { page: { id, input, images }, key: { kind: 'comparison', id, input: question.input, methods, images } };
}

/**
 * Writes a survey: a folder with `index.html` and its images, which works from `file://` and from any static host; the key that
 * `analyzeSurvey` needs, and the links for the workers, beside it. All of it is written, or nothing.
 * @throws DataError naming a folder or an image that cannot be used, or when there are too few; ArgumentError for options out of range, or
 * places that are in use; AbortedError
 */
export async function writeSurvey(options: WriteSurveyOptions): Promise<WrittenSurvey> {
  checkOptions('writeSurvey', options, optionNames);
  if (options.size !== undefined) checkOptions('writeSurvey: size', options.size, sizeNames);
  const { against, post, seed = 1, signal, onProgress, preset = 'quick' } = options;
  const out = resolve(options.out);
  const [keyPath, linksPath] = [`${out}.key.json`, `${out}.links.txt`];
  const title = options.title ?? defaults.title;
  checkOneOf('writeSurvey', 'preset', preset, Object.keys(surveyPresets) as SurveyPreset[]);
  checkPost(post);
  await refuseUsedPlaces(out, [keyPath, linksPath]);
  const matched = await matchFolders(options.inputs, options.methods);
  const size = { ...surveyPresets[preset], ...Object.fromEntries(Object.entries(options.size ?? {}).filter(([, value]) => value !== undefined)) };
  const plan = planSurvey({ ...size, methods: matched.methods, against, seed });
  const folders: Folders = { inputs: options.inputs, methods: new Map(options.methods.map(({ name, folder }) => [name, folder])) };

  // Not by mkdtemp, whose folders only their owner may read: a web server has to read this one.
  const temporary = temporaryPath(out);
  await mkdir(temporary, { recursive: true });
  const made = [temporary];
  try {
    const pictures = await pictureWriter(temporary, seed);
    const findings = new Findings();
    const questions: Written[] = [];
    const digits = String(plan.questions.length).length;
    for (const [i, question] of plan.questions.entries()) {
      if (signal?.aborted === true) throw new AbortedError('Writing the survey was aborted.');
      const id = `q${String(i + 1).padStart(digits, '0')}`;
      questions.push(await writeQuestion(id, question, folders, pictures, findings));
      onProgress?.({ done: i + 1, total: plan.questions.length });
    }
    const warnings = [...matched.warnings, ...findings.warnings()];
    const key = keyOf(questions, { ...options, title, seed }, size.workersPerQuestion);
    const page: SurveyPage = {
      format: 'munit-survey', version: 1, id: key.id, title,
      question: options.question ?? defaults.question,
      instructions: options.instructions ?? defaults.instructions,
      questions: questions.map(({ page }) => page),
      seats: plan.seats,
      ...(post === undefined ? {} : { post }),
    };
    await writeFile(join(temporary, 'index.html'), renderSurveyPage(page));
    const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
    made.push(keyPath, linksPath);
    await writeFileAtomically(keyPath, encode(`${JSON.stringify(key, null, 1)}\n`));
    await writeFileAtomically(linksPath, encode(plan.seats.map((_, i) => `index.html?seat=${i + 1}&worker=w${String(i + 1).padStart(String(plan.seats.length).length, '0')}\n`).join('')));
    await rm(out, { recursive: true, force: true });
    await rename(temporary, out);
    const comparisons = key.questions.filter(({ kind }) => kind === 'comparison').length;
    return { folder: out, key: keyPath, links: linksPath, comparisons, seats: plan.seats.length, questionsPerSeat: Math.max(...plan.seats.map((seat) => seat.length)), warnings };
  } catch (error) {
    for (const path of made) await rm(path, { recursive: true, force: true });
    throw error;
  }
}

/** The id is of the questions and images, so that no answers can be read with another survey's key. */
function keyOf(written: readonly Written[], { title, methods, against, seed }: WriteSurveyOptions & { readonly title: string; readonly seed: number }, workersPerQuestion: number): SurveyKey {
  const questions = written.map(({ key }) => key);
  const id = createHash('sha256').update(JSON.stringify([seed, questions])).digest('hex').slice(0, 16);
  return { format: 'munit-survey-key', version: 1, id, title, methods: methods.map(({ name }) => name), ...(against === undefined ? {} : { against }), seed, workersPerQuestion, questions };
}
