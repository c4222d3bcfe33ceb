/** What a survey is made of: the page that people see, the key that stays with whoever asks, and the answers. */

/** One question as the page shows it: which of two images is the better translation of the input? */
export interface PageQuestion {
  /** Says nothing about the methods or whether it is an attention check. */
  readonly id: string;
  /** Address of the input, relative to the page. */
  readonly input: string;
  /** Addresses of the two images, in random order. */
  readonly images: readonly [string, string];
}

/** The data of the page: everything that a worker's browser gets to see. */
export interface SurveyPage {
  /** Tells this file from others. */
  readonly format: 'munit-survey';
  /** Of the format. */
  readonly version: 1;
  /** Of the survey; its key and its answers carry the same one. */
  readonly id: string;
  /** Shown as the heading. */
  readonly title: string;
  /** Shown above each pair of images. */
  readonly question: string;
  /** Shown before the first question: paragraphs. */
  readonly instructions: readonly string[];
  /** All questions. */
  readonly questions: readonly PageQuestion[];
  /**
   * For each seat the questions in its order. An entry is 2 · (index in `questions`) + side, where side 0 puts the first image on the left
   * and side 1 on the right.
   */
  readonly seats: readonly (readonly number[])[];
  /** Where the page posts the answers; without it, it only hands them over as a file. */
  readonly post?: string | undefined;
}

/** What stands behind a question. Images are named by their address in the page. */
export type KeyQuestion =
  /** `methods[i]` made image i of the page's question. */
  | { readonly kind: 'comparison'; readonly id: string; readonly input: string; readonly methods: readonly [string, string]; readonly images: readonly [string, string] }
  /** An attention check: whoever looks takes the image `right`. */
  | { readonly kind: 'check'; readonly id: string; readonly input: string; readonly right: string };

/** What the analysis needs besides the answers, and workers must not see. */
export interface SurveyKey {
  /** Tells this file from others. */
  readonly format: 'munit-survey-key';
  /** Of the format. */
  readonly version: 1;
  /** Of the survey. */
  readonly id: string;
  /** Of the survey. */
  readonly title: string;
  /** The compared methods, in the order in which they were given. */
  readonly methods: readonly string[];
  /** The method with which all others are compared; undefined when all are compared with each other. */
  readonly against?: string | undefined;
  /** What questions, sides and orders were drawn from. */
  readonly seed: number;
  /** How many workers should answer each question. */
  readonly workersPerQuestion: number;
  /** All questions, attention checks included. */
  readonly questions: readonly KeyQuestion[];
}

/** The answer to one question. */
export interface Answer {
  /** `id` of the question. */
  readonly question: string;
  /** Address of the image that was chosen. */
  readonly chosen: string;
  /** The side on which it was shown. */
  readonly side: 'left' | 'right';
  /** From the moment when both images were visible until the choice, in milliseconds. */
  readonly ms: number;
}

/** What the page hands over for one worker. */
export interface SurveyAnswers {
  /** Tells this file from others. */
  readonly format: 'munit-survey-answers';
  /** Of the format. */
  readonly version: 1;
  /** `id` of the survey. */
  readonly survey: string;
  /** The name that the worker gave, or the link had. */
  readonly worker: string;
  /** Of the seats of the page, from 1. */
  readonly seat: number;
  /** Random; the same for all files of one worker in one browser. The page shows it as the completion code. */
  readonly session: string;
  /** When the worker pressed Start: ISO 8601. */
  readonly startedAt: string;
  /** When these answers were handed over: ISO 8601. */
  readonly savedAt: string;
  /** How many questions the seat has. */
  readonly total: number;
  /** In the order in which they were given. */
  readonly answers: readonly Answer[];
}
