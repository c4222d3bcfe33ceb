/** `munit serve`: a model over HTTP. */
import { type Command, Option } from 'commander';
import type { ModelServer } from '@munit/serve';
import { messageOf } from '../errors.js';
import { exitCodes } from '../exitCodes.js';
import type { CliIo } from '../io.js';
import { checkpointName, given, memorySize, wholeNumber } from '../values.js';
import type { CommandContext } from './context.js';
import { addDeviceOptions, type DeviceChoice, deviceNameOf } from '../deviceOptions.js';
import { chooseModel } from '../modelChoice.js';

interface ServeOptions extends DeviceChoice {
  readonly checkpoint?: string;
  readonly host: string;
  readonly port: number;
  readonly workers?: number;
  readonly queue: number;
  readonly maxMegabytes: number;
  readonly maxPixels: number;
  readonly timeout: number;
  readonly memory?: number;
}

const examples = `
Examples:
  munit serve runs/edges-shoes                                     on http://127.0.0.1:8000, for this machine only
  munit serve edges2shoes --workers 2 --queue 16 --port 9000
  munit serve hf:owner/edges2shoes --host 0.0.0.0                  for everyone who reaches it: there is no login

  curl --data-binary @drawing.png -H 'Content-Type: image/png' 'localhost:8000/translate?seed=1' -o shoe.png
  curl -F image=@drawing.png -F example=@photo.jpg localhost:8000/translate -o shoe.png
  curl -F image=@drawing.png -F styles=4 localhost:8000/translate        JSON with four images in base64

GET / says what is served, /healthz and /readyz how it is, /metrics figures for Prometheus. /v2 is the Open Inference Protocol (models
translate_a_to_b and translate_b_to_a). While all workers are busy and the queue is full, requests get 503 with Retry-After. SIGTERM and
Ctrl-C finish what was accepted; a second one stops at once.`;

/** Resolves when the process is asked to stop; the second time ends it at once. */
function stopped({ stderr, onInterrupt, exitNow }: CliIo): Promise<void> {
  return new Promise((done) => {
    let asked = false;
    onInterrupt((kind) => {
      if (asked && kind !== 'SIGHUP') exitNow(exitCodes.interrupted);
      if (!asked) stderr.write('Stopping: what was accepted is finished; ask again to stop at once.\n');
      asked = true;
      done();
    });
  });
}

function logged({ stderr }: CliIo, what: string): (error: unknown) => void {
  return (error) => {
    const known = error instanceof Error && 'problem' in error && 'code' in error;
    stderr.write(`${what}: ${known ? messageOf(error as Parameters<typeof messageOf>[0]) : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  };
}

async function serve(model: string, options: ServeOptions, { io }: CommandContext): Promise<void> {
  const { serveModel } = await import('@munit/serve');
  const { checkpoint, host, port, workers, queue, maxMegabytes, maxPixels, timeout, memory, device, threads } = options;
  const stop = stopped(io);
  const chosen = await chooseModel(model, checkpoint);
  const server: ModelServer = await serveModel({
    source: chosen.source,
    host, port, maxPixels,
    maxWaiting: queue,
    maxBytes: maxMegabytes * 2 ** 20,
    timeoutMs: timeout * 1000,
    device: deviceNameOf(device),
    onError: logged(io, 'A request failed'),
    onLost: logged(io, 'A worker is lost'),
    ...given({ workers, threads, memoryLimit: memory }),
  });
  const { pool, url } = server;
  io.continueUnread?.();
  io.stderr.write(`Model: ${chosen.name}; ${pool.workers} ${pool.workers === 1 ? 'worker' : 'workers'} on ${pool.device?.description ?? 'an unknown device'}\n`);
  io.stdout.write(`${url}\n`);
  await stop;
  await server.close();
}

export function addServe(program: Command, context: CommandContext): void {
  const command = program
    .command('serve <model>')
    .description('translate over HTTP: image in, image out, and the Open Inference Protocol v2')
    .option('--host <address>', 'where it listens', '127.0.0.1')
    .addOption(new Option('--port <n>', '0 takes a free one').argParser(wholeNumber(0, 65_535)).default(8000))
    .addOption(new Option('--workers <n>', 'threads that translate, each with its copy of the model (half of the cores, 1 to 4)').argParser(wholeNumber(1, 256)))
    .addOption(new Option('--queue <n>', 'requests that may wait for them').argParser(wholeNumber(0, 10_000)).default(64))
    .addOption(new Option('--max-megabytes <n>', 'of a request').argParser(wholeNumber(1, 1024)).default(16))
    .addOption(new Option('--max-pixels <n>', 'of an image').argParser(wholeNumber(1)).default(2048 ** 2))
    .addOption(new Option('--timeout <seconds>', 'a translation, waiting included').argParser(wholeNumber(1, 86_400)).default(60))
    .addOption(new Option('--checkpoint <which>', "of a run: 'best', 'latest' or a step").argParser(checkpointName));
  addDeviceOptions(command)
    .addOption(new Option('--memory <size>', 'what one image may take on the device, such as 800MiB; a larger one goes in bands').argParser(memorySize))
    .addHelpText('after', examples)
    .action((model: string, options: ServeOptions) => serve(model, options, context));
}
