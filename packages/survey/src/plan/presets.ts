/** How much a survey asks, of whom. */
import { checkInteger, type OptionNames } from '@munit/core';

/** The size of a survey. */
export interface SurveySize {
  /** Comparisons of each pair of methods, each about another input or another sample of one. */
  readonly questions: number;
  /** Workers who answer each question. */
  readonly workersPerQuestion: number;
  /** Comparisons that one worker answers, at most; the survey is cut into parts of this size. */
  readonly questionsPerWorker: number;
  /** Attention checks that one worker gets besides. */
  readonly checksPerWorker: number;
}

/** The name of a preset. */
export type SurveyPreset = 'quick' | 'paper';

/**
 * `paper`: 500 questions for each pair of methods, each answered by 5 workers, as in the paper (Huang et al. 2018, section 5.2); how many
 * questions one worker got is not stated there: here 50. `quick`: an afternoon among colleagues.
 */
export const surveyPresets: Readonly<Record<SurveyPreset, SurveySize>> = {
  quick: { questions: 50, workersPerQuestion: 3, questionsPerWorker: 50, checksPerWorker: 6 },
  paper: { questions: 500, workersPerQuestion: 5, questionsPerWorker: 50, checksPerWorker: 6 },
};

/** Names of the numbers, by which others are refused. */
export const sizeNames: OptionNames<SurveySize> = { questions: true, workersPerQuestion: true, questionsPerWorker: true, checksPerWorker: true };

/** @throws ArgumentError for a size that is not a whole number in its range */
export function checkSurveySize(size: SurveySize): SurveySize {
  checkInteger('SurveySize', 'questions', size.questions, 1);
  checkInteger('SurveySize', 'workersPerQuestion', size.workersPerQuestion, 1);
  checkInteger('SurveySize', 'questionsPerWorker', size.questionsPerWorker, 1);
  checkInteger('SurveySize', 'checksPerWorker', size.checksPerWorker, 0);
  return size;
}
