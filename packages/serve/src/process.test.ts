/** The server in a process of its own: signals, and NVIDIA's client. */
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { png } from '../test/model.js';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const started: ReturnType<typeof spawn>[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

async function start(): Promise<{ readonly url: string; readonly child: ReturnType<typeof spawn>; readonly ended: Promise<number | null> }> {
  const child = spawn(process.execPath, ['--conditions=@munit/source', '--import', 'tsx', at('../test/serveProcess.ts')], { cwd: at('..'), stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  const ended = new Promise<number | null>((done) => child.on('exit', done));
  const url = await new Promise<string>((done) => child.stdout.once('data', (data: Buffer) => done(data.toString().trim())));
  return { url, child, ended };
}

it('SIGTERM finishes what was accepted, and ends the process by itself', async () => {
  const { url, child, ended } = await start();
  const body = new Uint8Array(await png(32, 32));
  const asked = [1, 2, 3].map(async (seed) => fetch(`${url}/translate?styles=20&seed=${seed}`, { method: 'POST', body, headers: { 'Content-Type': 'image/png' } }));
  await expect.poll(async () => /^munit_queue_waiting (\d)/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1], { timeout: 10_000, interval: 20 }).toBe('2');
  child.kill('SIGTERM');
  const answers = await Promise.all(asked.map(async (one) => ((await (await one).json()) as { images: unknown[] }).images.length));
  expect(answers).toEqual([20, 20, 20]);
  expect(await ended).toBe(0);
}, 60_000);

/** A Python that has NVIDIA's client: `MUNIT_PYTHON` names one. Where it must be there, `MUNIT_REQUIRE_TRITONCLIENT=1` makes its absence a failure. */
const python = process.env['MUNIT_PYTHON'] ?? 'python3';
const hasClient = spawnSync(python, ['-c', 'import tritonclient.http'], { stdio: 'ignore' }).status === 0;

it.skipIf(!hasClient && process.env['MUNIT_REQUIRE_TRITONCLIENT'] !== '1')(`is driven by tritonclient's HTTP client${hasClient ? '' : ' (skipped: Python has no tritonclient[http]; MUNIT_PYTHON names another Python)'}`, async () => {
  const { url } = await start();
  const { stdout, stderr, status } = await new Promise<{ stdout: string; stderr: string; status: number | null }>((done) => {
    const client = spawn(python, [at('../test/tritonClient.py'), url]);
    let [stdout, stderr] = ['', ''];
    client.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    client.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    client.on('exit', (status) => done({ stdout, stderr, status }));
  });
  expect([stdout.trim().split('\n'), stderr, status]).toEqual([['ready', 'metadata', 'infer', 'error'], '', 0]);
}, 60_000);
