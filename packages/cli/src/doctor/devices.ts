/** Each device in a process of its own: a library that crashes, hangs or takes all memory is a finding, not the end of the report. */
import type { DeviceName } from '@munit/core';
import type { Probes } from './probes.js';
import type { DeviceFinding } from './types.js';

/** In the order in which `auto` tries them. */
export const deviceNames = ['cuda', 'webgpu', 'simd', 'tensorflow', 'cpu'] as const satisfies readonly DeviceName[];

/** How long one device may take: cards newer than their library compile for minutes. */
const seconds = 180;

/** What the child prints, last on its standard output. */
export type Tried = Omit<Extract<DeviceFinding, { available: true }>, 'said'> | Omit<Extract<DeviceFinding, { available: false }>, 'said'>;

/** In the child: opens the device and tests it. */
export async function tryDevice(name: DeviceName): Promise<Tried> {
  const { MunitError, openDevice, selfTest } = await import('@munit/core');
  const start = performance.now();
  try {
    const device = await openDevice(name);
    const openMs = performance.now() - start;
    const { description, details } = device.report;
    const software = details['software'] === true;
    const test = await selfTest(device);
    device.dispose();
    return { name, available: true, software, description, details, openMs, test };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (!(error instanceof MunitError)) return { name, available: false, reason: error.message, remedy: '' };
    return { name, available: false, reason: reasonOf(error.problem, name), remedy: error.remedy?.text ?? '' };
  }
}

/** The reason alone, without the device's name before it. */
function reasonOf(problem: string, name: DeviceName): string {
  const start = `The device '${name}' is not available: `;
  return (problem.startsWith(start) ? problem.slice(start.length) : problem).replace(/\.$/, '');
}

/** In the parent: has a child try it. `command` is this program's own command line up to `doctor`. */
export async function examineDevice(name: DeviceName, probes: Probes, command: readonly string[]): Promise<DeviceFinding> {
  const [program = process.execPath, ...args] = command;
  // TensorFlow tells why it takes no GPU only at this level.
  const environment = name === 'cuda' ? { TF_CPP_MIN_LOG_LEVEL: '0' } : {};
  const { code, stdout, stderr, signal } = await probes.run(program, [...args, 'doctor', '--try', name], { seconds, environment });
  const said = saidOf(stderr);
  const answer = stdout.split('\n').findLast((line) => line.startsWith('{"name"'));
  if (answer !== undefined) return { ...(JSON.parse(answer) as Tried), said };
  const end = signal === undefined ? `its process ended with code ${code ?? 'none'}` : `its process was ended by ${signal}`;
  const last = stderr.trim().split('\n').at(-1) ?? '';
  const remedy = 'Report it with this output. To see all of it: munit doctor --try ' + name;
  return { name, available: false, reason: `${end} ${last === '' ? 'without a word' : `(${last})`}`, remedy, said };
}

/** What is said about GPUs, without dates and places in source files. */
function saidOf(stderr: string): readonly string[] {
  const lines = stderr
    .split('\n')
    .filter((line) => /gpu|cuda|cudnn|cublas|ptx|vulkan|adapter/i.test(line) && !/oneDNN|Unable to register \w+ factory/.test(line))
    .map((line) => line.replace(/^[\d\-: .]*[IWEF]\d*\s[\d:.\s]*(?:\S+\.cc:\d+\]\s*)?/, '').trim());
  return [...new Set(lines)].slice(0, 12);
}
