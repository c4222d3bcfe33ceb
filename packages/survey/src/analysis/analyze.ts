/** From answers to results. */
import { ArgumentError, checkOptions, DataError } from '@munit/core';
import { methodPairs } from '../plan/questions.js';
import type { KeyQuestion, SurveyAnswers, SurveyKey } from '../types.js';
import { type Agreement, agreementOf } from './agreement.js';
import { type Strength, strengthsOf } from './bradleyTerry.js';
import { type Vote, voteShare, type VoteShare } from './intervals.js';
import { defaultPassing, passByGuessing, reportWorker, type WorkerReport } from './workers.js';

/** How often one method was preferred to another. */
export interface PairResult {
  /** The two methods. */
  readonly methods: readonly [string, string];
  /** Share of votes for the first one. */
  readonly preferred: VoteShare;
  /** Between workers, about this pair; undefined where no question has two answers. */
  readonly agreement: Agreement | undefined;
}

/** How often a method was preferred, over all its comparisons. */
export interface MethodResult {
  /** The method. */
  readonly method: string;
  /** Share of the votes in which it took part. */
  readonly preferred: VoteShare;
  /** The same by worker, for workers with votes about it. */
  readonly byWorker: readonly { readonly worker: string; readonly preferred: VoteShare }[];
}

/** What the answers say. */
export interface SurveyResults {
  /** Of the survey. */
  readonly title: string;
  /** Counted votes: those of the workers who passed the checks, or of all. */
  readonly votes: number;
  /** All who answered, by name. */
  readonly workers: readonly WorkerReport[];
  /** Names of those who failed the attention checks. */
  readonly failed: readonly string[];
  /** Whether the answers of those who failed are left out of all figures. */
  readonly failedLeftOut: boolean;
  /** Each pair of methods that was compared and has votes. */
  readonly pairs: readonly PairResult[];
  /** Each method with votes, the most preferred first. */
  readonly methods: readonly MethodResult[];
  /** Over all questions. */
  readonly agreement: Agreement | undefined;
  /** The Bradley–Terry scale, strongest first; undefined for two methods, or where it does not exist. */
  readonly strengths: readonly Strength[] | undefined;
  /** What a reader should know before trusting the figures. */
  readonly warnings: readonly string[];
}

/** How answers are counted. */
export interface AnalyzeOptions {
  /** The share of attention checks, 0 to 1, that a worker must get right to be counted. Default 0.8. */
  readonly passing?: number | undefined;
  /** Count those who failed as well. Default false. */
  readonly keepFailed?: boolean | undefined;
}

/** A worker's files are the same answers at different times: the fullest holds. @returns the answers, and names that two people used */
function onePerWorker(files: readonly SurveyAnswers[]): { readonly kept: SurveyAnswers[]; readonly shared: string[] } {
  const bySession = new Map<string, SurveyAnswers>();
  for (const file of files) {
    const key = `${file.worker}\n${file.session}`;
    const known = bySession.get(key);
    const isFuller = known === undefined || file.answers.length > known.answers.length || (file.answers.length === known.answers.length && file.savedAt > known.savedAt);
    if (isFuller) bySession.set(key, file);
  }
  const kept: SurveyAnswers[] = [];
  const shared = new Set<string>();
  for (const one of [...bySession.values()].sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1))) {
    if (kept.some(({ worker }) => worker === one.worker)) shared.add(one.worker);
    else kept.push(one);
  }
  return { kept, shared: [...shared] };
}

/** @throws DataError for answers that do not belong to the survey */
function checkAnswers(given: SurveyAnswers, key: SurveyKey, questions: ReadonlyMap<string, KeyQuestion>): void {
  if (given.survey !== key.id) {
    throw new DataError(`The answers of '${given.worker}' belong to another survey (${given.survey}) than the key (${key.id}).`, { remedy: 'Give the key that was written with the page.' });
  }
  const seen = new Set<string>();
  for (const { question: id, chosen } of given.answers) {
    const question = questions.get(id);
    const known = question?.kind === 'comparison' ? question.images.includes(chosen) : question !== undefined;
    if (!known || seen.has(id)) {
      throw new DataError(`The answers of '${given.worker}' ${seen.has(id) ? `answer question ${id} twice` : `name a question or an image that the survey does not have (${id}, ${chosen})`}.`, {
        remedy: 'Leave this file out: it was changed after the page had saved it.',
      });
    }
    seen.add(id);
  }
}

function votesOf({ worker, answers }: SurveyAnswers, questions: ReadonlyMap<string, KeyQuestion>): Vote[] {
  return answers.flatMap(({ question: id, chosen }) => {
    const question = questions.get(id);
    if (question?.kind !== 'comparison') return [];
    const first = question.images[0] === chosen;
    const [a, b] = question.methods;
    return [{ question: id, input: question.input, worker, winner: first ? a : b, loser: first ? b : a }];
  });
}

/** The winners of each question, and by what they are grouped. */
function agreementOfVotes(votes: readonly Vote[]): Agreement | undefined {
  const byQuestion = new Map<string, string[]>();
  for (const { question, winner } of votes) byQuestion.set(question, [...(byQuestion.get(question) ?? []), winner]);
  return agreementOf(byQuestion.values());
}

function pairResults(votes: readonly Vote[], key: SurveyKey): PairResult[] {
  return methodPairs(key.methods, key.against).flatMap((methods) => {
    const own = votes.filter(({ winner, loser }) => methods.includes(winner) && methods.includes(loser));
    const preferred = voteShare(own, ({ winner }) => winner === methods[0]);
    return preferred === undefined ? [] : [{ methods, preferred, agreement: agreementOfVotes(own) }];
  });
}

function methodResults(votes: readonly Vote[], methods: readonly string[], workers: readonly string[]): MethodResult[] {
  const results = methods.flatMap((method): MethodResult[] => {
    const own = votes.filter(({ winner, loser }) => winner === method || loser === method);
    const won = ({ winner }: Vote): boolean => winner === method;
    const preferred = voteShare(own, won);
    if (preferred === undefined) return [];
    const byWorker = workers.flatMap((worker) => {
      const share = voteShare(own.filter((vote) => vote.worker === worker), won);
      return share === undefined ? [] : [{ worker, preferred: share }];
    });
    return [{ method, preferred, byWorker }];
  });
  return results.sort((a, b) => b.preferred.value - a.preferred.value);
}

/** Questions whose answers are fewer than planned. */
function unanswered(votes: readonly Vote[], { questions, workersPerQuestion }: SurveyKey): string[] {
  const counts = new Map<string, number>();
  for (const { question } of votes) counts.set(question, (counts.get(question) ?? 0) + 1);
  const comparisons = questions.filter(({ kind }) => kind === 'comparison');
  const short = comparisons.filter(({ id }) => (counts.get(id) ?? 0) < workersPerQuestion).length;
  return short === 0 ? [] : [`${short} of ${comparisons.length} questions have fewer counted answers than the ${workersPerQuestion} that were planned.`];
}

/** Somebody who takes one side whatever is shown: |left − n/2| beyond 4 deviations of n fair coins, 1 in 16,000. */
const isOneSided = ({ leftShare, answers, checks }: WorkerReport): boolean => Math.abs(leftShare - 0.5) * 2 * Math.sqrt(answers + checks.answered) > 4;

/**
 * Analyses the answers to a survey. Workers who fail the attention checks are named, and left out unless `keepFailed`.
 * @throws DataError without answers, or for answers that are not of this survey; ArgumentError for `passing` outside 0 to 1
 */
export function analyzeSurvey(key: SurveyKey, files: readonly SurveyAnswers[], options: AnalyzeOptions = {}): SurveyResults {
  checkOptions('analyzeSurvey', options, { passing: true, keepFailed: true });
  const { passing = defaultPassing, keepFailed = false } = options;
  if (!(passing >= 0 && passing <= 1)) throw new ArgumentError(`'passing' must lie between 0 and 1, but it is ${passing}.`, { remedy: 'Use 0.8 for 80 % of the checks.' });
  const questions = new Map(key.questions.map((question) => [question.id, question]));
  for (const file of files) checkAnswers(file, key, questions);
  const { kept, shared } = onePerWorker(files.filter(({ answers }) => answers.length > 0));
  if (kept.length === 0) throw new DataError('There are no answers to count.', { remedy: 'Give the files that the page saved, or the folder that holds them.' });

  const workers = kept.map((one) => reportWorker(one, questions, passing)).sort((a, b) => (a.worker < b.worker ? -1 : 1));
  const failed = workers.filter(({ passed }) => passed === false).map(({ worker }) => worker);
  const counted = kept.filter(({ worker }) => keepFailed || !failed.includes(worker));
  const votes = counted.flatMap((one) => votesOf(one, questions));
  const strengths = key.methods.length > 2 && votes.length > 0 ? strengthsOf(votes, key.methods) : undefined;
  const checks = Math.max(...workers.map(({ checks }) => checks.answered));
  const guessing = passByGuessing(checks, passing);
  const warnings = [
    ...shared.map((worker) => `More than one person answered as '${worker}': only the first is counted.`),
    ...(votes.length === 0 ? ['No votes are left: everyone failed the attention checks.'] : []),
    ...unanswered(votes, key),
    ...(checks > 0 && guessing > 0.2 ? [`Somebody who guesses passes ${checks} attention checks with a probability of ${(100 * guessing).toFixed(0)} %: ask more of them.`] : []),
    ...workers.filter(isOneSided).map(({ worker, leftShare }) => `'${worker}' took the left image in ${(100 * leftShare).toFixed(0)} % of all questions.`),
    ...(key.methods.length > 2 && votes.length > 0 && strengths === undefined
      ? ['There is no Bradley–Terry scale: one method, or a group of them, won or lost every comparison with the others.']
      : []),
  ];
  return {
    title: key.title,
    votes: votes.length,
    workers,
    failed,
    failedLeftOut: !keepFailed && failed.length > 0,
    pairs: pairResults(votes, key),
    methods: methodResults(votes, key.methods, counted.map(({ worker }) => worker).sort()),
    agreement: agreementOfVotes(votes),
    strengths,
    warnings,
  };
}
