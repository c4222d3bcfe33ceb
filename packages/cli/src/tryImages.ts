import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MunitError } from '@munit/core/errors';
import type { ImagesFinding } from './doctor/types.js';

/** Whether image files can be read on this machine: writes one and reads it back the way that training reads. */
export async function tryImages(): Promise<ImagesFinding> {
  const { DecodePool } = await import('@munit/data/node');
  const { encodePng } = await import('@munit/images/png');
  const folder = await mkdtemp(join(tmpdir(), 'munit-doctor-'));
  const pool = new DecodePool({ processes: 1 });
  try {
    const path = join(folder, 'pixel.png');
    await writeFile(path, encodePng({ width: 2, height: 2, channels: 3, data: new Uint8Array(12) }));
    await pool.inspect({ path }, 4);
    return { available: true, description: 'JPEG, PNG and WebP files can be read.' };
  } catch (error) {
    // Not always is sharp missing: processes may not start, or there is no memory left for them.
    if (error instanceof MunitError) return { available: false, description: error.problem, remedy: error.remedy?.text };
    return { available: false, description: error instanceof Error ? error.message : String(error) };
  } finally {
    await pool.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}
