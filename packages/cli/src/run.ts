import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import type { Action, CommandContext } from './commands/context.js';
import { addClassify } from './commands/classify.js';
import { addCompare } from './commands/compare.js';
import { addConvert, type ConvertRequest } from './commands/convert.js';
import { addDataAnimals } from './commands/dataAnimals.js';
import { addDataCheck } from './commands/dataCheck.js';
import { addDataEdges } from './commands/dataEdges.js';
import { addDataSynthetic } from './commands/dataSynthetic.js';
import { addDoctor } from './commands/doctor.js';
import { addEvaluate } from './commands/evaluate.js';
import { addExportRun } from './commands/exportRun.js';
import { addImportRun } from './commands/importRun.js';
import { addMerge } from './commands/merge.js';
import { addServe } from './commands/serve.js';
import { addSurvey } from './commands/survey.js';
import { addTrain, type TrainRequest } from './commands/train.js';
import { addTranslate } from './commands/translate.js';
import type { TranslateRequest } from './commands/translateRequest.js';
import { addWeights } from './commands/weights.js';
import type { CompareRequest } from './comparison/request.js';
import { renderError } from './errors.js';
import type { EvaluateRequest } from './evaluation/request.js';
import { exitCodes, exitCodesHelp } from './exitCodes.js';
import type { CliIo } from './io.js';

const version = (): string => (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;

/** Work that stands in for that of a command, in tests; a command without an entry does its own. */
export interface Actions {
  /** Replaces the training of `munit train`. */
  readonly train?: Action<TrainRequest> | undefined;
  /** Replaces the measuring of `munit evaluate`. */
  readonly evaluate?: Action<EvaluateRequest> | undefined;
  /** Replaces the work of `munit compare`. */
  readonly compare?: Action<CompareRequest> | undefined;
  /** Replaces the translation of `munit translate`. */
  readonly translate?: Action<TranslateRequest> | undefined;
  /** Replaces the conversion of `munit convert`. */
  readonly convert?: Action<ConvertRequest> | undefined;
}

/** All commands; a subcommand inherits the streams and the way to exit only if it is made after they are set. */
function buildProgram(actions: Actions, context: CommandContext): Command {
  const { stdout, stderr } = context.io;
  const program = new Command('munit')
    .description('Multimodal unpaired image-to-image translation: train on two folders of images, turn each image of A into many of B.')
    .version(version(), '-V, --version')
    .option('--debug', 'print causes and stacks of errors')
    .exitOverride()
    .showHelpAfterError('(add --help to see the usage)')
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
      outputError: (text, write) => write(text.replace(/^error: /, 'munit: ')),
    })
    .addHelpText('after', `\n${exitCodesHelp}`);
  addTrain(program, context, actions.train);
  addEvaluate(program, context, actions.evaluate);
  addClassify(program, context);
  addCompare(program, context, actions.compare);
  addTranslate(program, context, actions.translate);
  addConvert(program, context, actions.convert);
  addMerge(program, context);
  addExportRun(program, context);
  addImportRun(program, context);
  addServe(program, context);
  addSurvey(program, context);
  const data = program.command('data').description('look at a data set, or make one');
  addDataCheck(data, context);
  addDataAnimals(data, context);
  addDataEdges(data, context);
  addDataSynthetic(data, context);
  addWeights(program, context);
  addDoctor(program, context);
  return program;
}

/**
 * Runs one command line (without `node` and the script) and resolves with the exit code; throws nothing.
 * Results go to stdout, progress and errors to stderr.
 */
export async function run(args: readonly string[], io: CliIo, actions: Actions = {}): Promise<number> {
  let exitCode: number = exitCodes.ok;
  const program = buildProgram(actions, { io, setExitCode: (code) => (exitCode = code) });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    // Help and version differ from mistakes by their code; commander has printed either.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    const rendered = renderError(error, program.opts<{ debug?: true }>().debug === true);
    io.stderr.write(rendered.text);
    return rendered.exitCode;
  }
}
