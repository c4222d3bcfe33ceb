/** Where a worker is in the survey, kept by the browser so that a closed page resumes. */
import type { Answer, SurveyAnswers, SurveyPage } from '../types.js';

/** What is kept for one worker. */
export interface Progress {
  readonly worker: string;
  /** From 1. */
  readonly seat: number;
  readonly session: string;
  readonly startedAt: string;
  readonly answers: Answer[];
  /** Whether the address of the survey has the complete answers. */
  posted: boolean;
}

const storageKey = (page: SurveyPage, worker: string): string => `munit-survey:${page.id}:${worker}`;

/** Whether the browser keeps anything for this page; some keep nothing for local files or in private windows. */
export function keeps(): boolean {
  try {
    localStorage.setItem('munit-survey', '');
    localStorage.removeItem('munit-survey');
    return true;
  } catch {
    return false;
  }
}

/** What an earlier visit left, if it belongs to this survey. */
export function restore(page: SurveyPage, worker: string): Progress | undefined {
  try {
    const text = localStorage.getItem(storageKey(page, worker));
    const found = text === null ? undefined : (JSON.parse(text) as Progress);
    return found !== undefined && page.seats[found.seat - 1] !== undefined ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the progress, where the browser keeps anything. */
export function keep(page: SurveyPage, progress: Progress): void {
  try {
    localStorage.setItem(storageKey(page, progress.worker), JSON.stringify(progress));
  } catch {
    // The start screen says that nothing is kept here.
  }
}

/** 8 letters and digits that are hard to confuse. */
function newSession(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
  return [...crypto.getRandomValues(new Uint32Array(8))].map((word) => letters[word % letters.length]).join('');
}

/** A first visit. Without a seat in the link, one is drawn. */
export function begin(page: SurveyPage, worker: string, seat: number | undefined): Progress {
  const drawn = seat ?? 1 + (crypto.getRandomValues(new Uint32Array(1))[0]! % page.seats.length);
  return { worker, seat: drawn, session: newSession(), startedAt: new Date().toISOString(), answers: [], posted: false };
}

/** What the page hands over. */
export function answersOf(page: SurveyPage, { worker, seat, session, startedAt, answers }: Progress): SurveyAnswers {
  return {
    format: 'munit-survey-answers',
    version: 1,
    survey: page.id,
    worker,
    seat,
    session,
    startedAt,
    savedAt: new Date().toISOString(),
    total: page.seats[seat - 1]!.length,
    answers,
  };
}

/** Question `position` of the seat, and its images from left to right. */
export function shownAt(page: SurveyPage, seat: number, position: number): { readonly id: string; readonly input: string; readonly left: string; readonly right: string } | undefined {
  const entry = page.seats[seat - 1]?.[position];
  const question = entry === undefined ? undefined : page.questions[entry >> 1];
  if (entry === undefined || question === undefined) return undefined;
  const [first, second] = question.images;
  const { id, input } = question;
  return entry % 2 === 0 ? { id, input, left: first, right: second } : { id, input, left: second, right: first };
}
