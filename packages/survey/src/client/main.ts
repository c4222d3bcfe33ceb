/** The page's script: bundled into `generated/client.ts` by `scripts/bundleClient.mjs`. */
import type { SurveyPage } from '../types.js';
import { button, make, show } from './dom.js';
import { answersOf, begin, keep, keeps, type Progress, restore } from './progress.js';
import { ask } from './question.js';

const page = JSON.parse(document.getElementById('survey-data')?.textContent ?? '{}') as SurveyPage;

/** What the link says about the worker; crowd platforms have names of their own for it. */
function linkOf(): { readonly worker: string | undefined; readonly seat: number | undefined } {
  const query = new URLSearchParams(location.search);
  const worker = ['worker', 'workerId', 'PROLIFIC_PID', 'participant'].map((name) => query.get(name)?.trim()).find((value) => value !== undefined && value !== '');
  const seat = Number(query.get('seat') ?? '');
  return { worker: worker?.slice(0, 100), seat: Number.isInteger(seat) && seat >= 1 && seat <= page.seats.length ? seat : undefined };
}

function start(worker: string, seat: number | undefined): void {
  const progress = restore(page, worker) ?? begin(page, worker, seat);
  keep(page, progress);
  ask(page, progress, () => finish(progress));
}

function showStart(): void {
  const { worker, seat } = linkOf();
  const earlier = worker === undefined ? undefined : restore(page, worker);
  const form = make('form', { class: 'start' });
  const name = make('input', { id: 'worker', name: 'worker', type: 'text', autocomplete: 'off', maxlength: '100' });
  name.required = true;
  if (worker === undefined) form.append(make('label', { for: 'worker' }, 'Your name, or any name that is only yours'), name);
  form.append(make('button', { type: 'submit', class: 'main' }, earlier !== undefined && earlier.answers.length > 0 ? 'Continue' : 'Start'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const given = worker ?? name.value.trim();
    if (given !== '') start(given, seat);
  });
  const questions = page.seats[(earlier?.seat ?? seat ?? 1) - 1]!.length;
  show(
    make('h1', { tabindex: '-1' }, page.title),
    ...page.instructions.map((text) => make('p', {}, text)),
    make('p', {}, `${questions} questions. You can stop at any time and continue later in the same browser.`),
    ...(keeps() ? [] : [make('p', { class: 'warning', role: 'alert' }, 'This browser does not keep your answers when the page is closed: finish in one go.')]),
    form,
  );
}

function download(progress: Progress): void {
  const blob = new Blob([`${JSON.stringify(answersOf(page, progress), null, 1)}\n`], { type: 'application/json' });
  const link = make('a');
  link.href = URL.createObjectURL(blob);
  link.download = `answers-${progress.worker.replaceAll(/[^\w.-]+/g, '_')}-${progress.session}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function post(progress: Progress, address: string): Promise<void> {
  const response = await fetch(address, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(answersOf(page, progress)) });
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  progress.posted = true;
  keep(page, progress);
}

function finish(progress: Progress): void {
  const status = make('p', { class: 'status', role: 'status' });
  const code = make('p', {}, 'Completion code: ', make('strong', { class: 'code' }, progress.session));
  const save = button('Save answers', () => download(progress), { class: 'main' });
  const back = button('Back to the last question', () => {
    progress.answers.pop();
    progress.posted = false;
    keep(page, progress);
    ask(page, progress, () => finish(progress));
  }, { class: 'quiet' });
  const { post: address } = page;
  if (address === undefined) {
    show(
      make('h1', { tabindex: '-1' }, 'Thank you'),
      make('p', {}, 'All questions are answered. Save the file with your answers, and send it to whoever gave you this survey.'),
      save, code, back, status,
    );
    return;
  }
  const send = (): void => {
    status.setAttribute('role', 'status');
    status.replaceChildren('Sending your answers …');
    post(progress, address).then(
      () => status.replaceChildren('Your answers have arrived. You can close this page.'),
      (error: unknown) => {
        status.setAttribute('role', 'alert');
        const reason = error instanceof Error ? ` (${error.message})` : '';
        status.replaceChildren(`Your answers could not be sent${reason}. They are kept in this browser. `, button('Try again', send), ' Or save them as a file and send that.');
      },
    );
  };
  show(make('h1', { tabindex: '-1' }, 'Thank you'), status, save, code, back);
  if (progress.posted) status.replaceChildren('Your answers have arrived. You can close this page.');
  else send();
}

document.title = page.title;
showStart();
