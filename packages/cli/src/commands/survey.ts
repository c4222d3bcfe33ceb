/** `munit survey`: makes the page of a preference test. `munit survey results`: reads the answers. */
import { mkdir } from 'node:fs/promises';
import { basename, dirname, relative } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { MethodFolder, WrittenSurvey } from '@munit/survey/node';
import { counter } from '../counter.js';
import { UsageError } from '../errors.js';
import { exitCodes } from '../exitCodes.js';
import { withInterrupt } from '../interrupt.js';
import { given, pathOf, wholeNumber } from '../values.js';
import type { CommandContext } from './context.js';

interface SurveyOptions {
  readonly out?: string;
  readonly preset: 'quick' | 'paper';
  readonly questions?: number;
  readonly workers?: number;
  readonly perWorker?: number;
  readonly checks?: number;
  readonly against?: string;
  readonly title?: string;
  readonly question?: string;
  readonly instructions?: string;
  readonly post?: string;
  readonly seed: number;
  readonly json?: true;
}

interface ResultsOptions {
  readonly passing?: number;
  readonly keepFailed?: true;
  readonly html?: string;
  readonly json?: true;
}

/** `NAME=FOLDER`, or a folder that is called as its method is. */
function methodOf(text: string): MethodFolder {
  const [name, ...rest] = text.split('=');
  return rest.length === 0 || name === '' ? { name: basename(text), folder: text } : { name: name!, folder: rest.join('=') };
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('It must be a number from 0 to 1.');
}

const examples = `
Examples:
  munit survey inputs/ munit=out/munit cyclegan=out/cyclegan --out study
  munit survey inputs/ ours=a/ without-cycle=b/ real=c/ --against ours --out study --preset paper
  munit survey inputs/ a/ b/ --out study --questions 20 --workers 1 --post https://example.org/answers
  munit survey results study.key.json answers/

INPUTS is the folder of input images. Translations are matched by name, whatever the ending: cat.png, or cat_0.png, cat_1.png … where there
are several of one input, as "munit translate --styles" writes them. The folder that is written works when index.html is opened, and on any
static host. Beside it lie OUT.links.txt, one link for each worker, and OUT.key.json, which says which image is whose: keep it to yourself.
The paper's preset asks 500 questions for each pair of methods, each answered by 5 workers.`;

const resultsExamples = `
Examples:
  munit survey results study.key.json answers/
  munit survey results study.key.json answers/ --html results.html
  munit survey results study.key.json answers.jsonl --json

ANSWERS are the files that the page saves, folders of them, or JSON lines such as a server keeps. Workers who fail the attention checks are
named and left out. Intervals hold at 95 %, over both inputs and workers.`;

async function write(inputs: string, methods: readonly string[], options: SurveyOptions, { io }: CommandContext): Promise<void> {
  const { writeSurvey } = await import('@munit/survey/node');
  const { out, preset, questions, workers, perWorker, checks, against, title, question, instructions, post, seed, json } = options;
  // Commander would require it of `results` as well.
  if (out === undefined) throw new UsageError('The folder of the page is missing.', 'Give it by --out.');
  const { show, clear } = counter(io.stderr, 'Questions');
  const written = await withInterrupt(io, async (signal) =>
    writeSurvey({
      inputs, out, preset, seed, signal,
      methods: methods.map(methodOf),
      size: given({ questions, workersPerQuestion: workers, questionsPerWorker: perWorker, checksPerWorker: checks }),
      ...given({ against, title, question, post, instructions: instructions === undefined ? undefined : [instructions] }),
      onProgress: ({ done, total }) => show(done, total),
    }),
  ).finally(clear);
  for (const warning of written.warnings) io.stderr.write(`Warning: ${warning}\n`);
  io.stdout.write(json === true ? `${JSON.stringify(written)}\n` : describe(written, post));
}

/** Relative where that is short. */
const shown = (path: string): string => (relative('.', path).startsWith('..') ? path : relative('.', path));

function describe({ folder, key, links, comparisons, seats, questionsPerSeat }: WrittenSurvey, post: string | undefined): string {
  const lines = [
    `${shown(folder)}: ${comparisons} comparisons for ${seats} workers, at most ${questionsPerSeat} questions each, attention checks included.`,
    `Open ${shown(folder)}/index.html, or put the folder on a web server and send each worker a link of ${shown(links)}.`,
    post === undefined ? 'The page ends with a file of answers: collect them in a folder.' : `The page posts the answers to ${post}, and can save them as a file.`,
    `Then: munit survey results ${shown(key)} ANSWERS      (keep the key to yourself: it says which image is whose)`,
  ];
  return `${lines.join('\n')}\n`;
}

async function results(keyPath: string, answers: readonly string[], options: ResultsOptions, { io, setExitCode }: CommandContext): Promise<void> {
  const [{ analyzeSurvey, formatResults, renderResults }, { readSurveyAnswers, readSurveyKey }] = await Promise.all([import('@munit/survey'), import('@munit/survey/node')]);
  const key = await readSurveyKey(keyPath);
  const found = analyzeSurvey(key, await readSurveyAnswers(answers), given({ passing: options.passing, keepFailed: options.keepFailed }));
  if (options.html !== undefined) {
    const { writeFileAtomically } = await import('@munit/formats/node');
    await mkdir(dirname(options.html), { recursive: true });
    await writeFileAtomically(options.html, new TextEncoder().encode(renderResults(found)));
  }
  io.stdout.write(options.json === true ? `${JSON.stringify(found)}\n` : `${formatResults(found)}${options.html === undefined ? '' : `\nThe page: ${shown(options.html)}\n`}`);
  if (found.votes === 0) setExitCode(exitCodes.data);
}

export function addSurvey(program: Command, context: CommandContext): void {
  const survey = program
    .command('survey')
    .description('make a preference test of translations: a page that asks people which of two is better')
    .argument('<inputs>', 'the folder of inputs')
    .argument('<method...>', 'NAME=FOLDER of translations, at least two')
    .option('--out <folder>', 'the folder of the page (required)')
    .addOption(new Option('--preset <name>', 'how much is asked').choices(['quick', 'paper']).default('quick'))
    .addOption(new Option('--questions <n>', 'comparisons of each pair of methods (quick: 50, paper: 500)').argParser(wholeNumber(1)))
    .addOption(new Option('--workers <n>', 'workers who answer each question (quick: 3, paper: 5)').argParser(wholeNumber(1)))
    .addOption(new Option('--per-worker <n>', 'comparisons for one worker, at most (50)').argParser(wholeNumber(1)))
    .addOption(new Option('--checks <n>', 'attention checks for each worker (6)').argParser(wholeNumber(0)))
    .option('--against <method>', 'compare all others with this one, not all with each other')
    .option('--title <text>', 'the heading of the page')
    .option('--question <text>', 'what is asked above each pair')
    .option('--instructions <text>', 'what is said before the first question')
    .option('--post <address>', 'where the page posts the answers, as JSON')
    .addOption(new Option('--seed <n>', 'what questions, sides and orders are drawn from').argParser(wholeNumber(0, 2 ** 32 - 1)).default(1))
    .option('--json', 'one JSON object instead of sentences')
    .addHelpText('after', examples)
    .action((inputs: string, methods: string[], options: SurveyOptions) => write(inputs, methods, options, context));
  survey
    .command('results <key> <answers...>')
    .description('read the answers: preferences with intervals, agreement, one scale for all methods, failed workers')
    .addOption(new Option('--passing <share>', 'attention checks that a worker must get right (0.8)').argParser(share))
    .option('--keep-failed', 'count workers who failed the attention checks, too')
    .option('--html <file>', 'also write a page of the results, one file', pathOf)
    .option('--json', 'one JSON object instead of tables')
    .addHelpText('after', resultsExamples)
    .action(async (key: string, answers: string[], _options: unknown, command: Command) => {
      // --json is an option of the parent as well, which takes it first.
      await results(key, answers, command.optsWithGlobals<ResultsOptions>(), context);
    });
}
