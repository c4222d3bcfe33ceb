/** The contestant's side. */
import { createInterface } from 'node:readline';
import type { Item } from '../materials/items.js';
import { writeResult } from '../materials/files.js';
import { residentMemory } from './memory.js';
import type { Answers, Greeting, ProfileAnswer, Request } from './protocol.js';

/** A loaded item, ready to be done again and again. */
export interface Work {
  /** What is timed: everything from inputs in memory to results in memory. */
  run(): Promise<void>;
  /** The same, and its result: values of an image [N, C, H, W], or the losses. */
  check(): Promise<Float32Array | Readonly<Record<string, number>>>;
  profile?(times: number): Promise<ProfileAnswer>;
}

export interface Contestant {
  readonly version: string;
  load(item: Item, folder: string, threads: number): Promise<Work>;
}

/** Answers until the conductor closes the pipe. `open` failing means that the contestant is absent. */
export async function serve(open: () => Promise<Contestant>): Promise<void> {
  // Libraries greet on standard output, which is the conductor's.
  console.log = console.error;
  console.info = console.error;
  let contestant: Contestant;
  try {
    contestant = await open();
  } catch (error) {
    send({ absent: messageOf(error) } satisfies Greeting);
    return;
  }
  send({ ready: true, version: contestant.version } satisfies Greeting);
  let work: Work | undefined;
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      const request = JSON.parse(line) as Request;
      if (request.do === 'load') {
        work = await contestant.load(request.item, request.folder, request.threads);
        send({});
      } else send(await answer(request, work));
    } catch (error) {
      send({ error: messageOf(error) });
    }
  }
  // Threads and devices of libraries may hold the process.
  process.exit(0);
}

async function answer(request: Exclude<Request, { do: 'load' }>, work: Work | undefined): Promise<Answers[keyof Answers]> {
  if (request.do === 'memory') return residentMemory(request.reset);
  if (work === undefined) throw new Error('Nothing is loaded.');
  switch (request.do) {
    case 'check': {
      const result = await work.check();
      if (!(result instanceof Float32Array)) return { losses: result };
      writeResult(request.file, result);
      return {};
    }
    case 'run':
      return { ms: await time(work, request.times) };
    case 'profile':
      if (work.profile === undefined) throw new Error('This contestant cannot be profiled.');
      return work.profile(request.times);
    default:
      return request satisfies never;
  }
}

async function time(work: Work, times: number): Promise<number[]> {
  const ms: number[] = [];
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    await work.run();
    ms.push(performance.now() - start);
  }
  return ms;
}

function send(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
