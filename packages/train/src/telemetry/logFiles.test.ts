import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunFolderError } from '@munit/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCsvLog, openEventFile, openJsonLines, readJsonLines } from './logFiles.js';
import { crc32c } from './tensorboard.js';

let work = '';
beforeEach(() => (work = mkdtempSync(join(tmpdir(), 'munit-logs-'))));
afterEach(() => rmSync(work, { recursive: true, force: true }));

const valuesAt = (step: number): Record<string, number> => ({ gen: Math.sin(step), dis: 1 / step });

describe('openCsvLog', () => {
  it('gives an interrupted and resumed run the table of an uninterrupted one', () => {
    const [whole, broken] = [join(work, 'whole.csv'), join(work, 'broken.csv')];
    const straight = openCsvLog(whole);
    for (let step = 1; step <= 30; step++) straight.append(step, valuesAt(step));
    straight.close();

    const first = openCsvLog(broken);
    for (let step = 1; step <= 17; step++) first.append(step, valuesAt(step));
    appendFileSync(broken, '18,0.1');
    const second = openCsvLog(broken, 10);
    for (let step = 11; step <= 30; step++) second.append(step, valuesAt(step));
    second.close();
    expect(readFileSync(broken, 'utf8')).toBe(readFileSync(whole, 'utf8'));
  });

  it('keeps its columns: what is missing stays empty, what is new is named', () => {
    const path = join(work, 'losses.csv');
    const log = openCsvLog(path);
    expect(log.append(1, { gen: 1, dis: 2 })).toEqual([]);
    expect(log.append(2, { dis: 3, r1: 4 })).toEqual(['r1']);
    log.rewind(1);
    log.append(2, { gen: 5, dis: 6 });
    log.sync();
    log.close();
    expect(readFileSync(path, 'utf8')).toBe('step,gen,dis\n1,1,2\n2,5,6\n');
  });

  it('starts a table where there was none to resume, and empties an old one for a fresh run', () => {
    const path = join(work, 'losses.csv');
    const log = openCsvLog(path, 5);
    log.append(6, { gen: 1 });
    log.close();
    expect(readFileSync(path, 'utf8')).toBe('step,gen\n6,1\n');
    openCsvLog(path).close();
    expect(readFileSync(path, 'utf8')).toBe('');
  });

  it('reports a folder that is not there', () => {
    expect(() => openCsvLog(join(work, 'missing', 'losses.csv'))).toThrow(RunFolderError);
  });
});

describe('openEventFile', () => {
  /** Splits a TFRecord file, checking both checksums with the unmasked definition. */
  function records(path: string): Uint8Array[] {
    const bytes = readFileSync(path);
    const unmask = (masked: number): number => {
      const rotated = (masked - 0xa282ead8) >>> 0;
      return ((rotated >>> 17) | (rotated << 15)) >>> 0;
    };
    const found: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; ) {
      const length = Number(bytes.readBigUInt64LE(at));
      expect(unmask(bytes.readUInt32LE(at + 8))).toBe(crc32c(bytes.subarray(at, at + 8)));
      const payload = bytes.subarray(at + 12, at + 12 + length);
      expect(unmask(bytes.readUInt32LE(at + 12 + length))).toBe(crc32c(payload));
      found.push(payload);
      at += 16 + length;
    }
    return found;
  }

  it('writes framed events: version, start of the session, values', () => {
    const log = openEventFile(work, 100, () => 1_700_000_000);
    log.write(101, [{ kind: 'scalar', tag: 'gen', value: 0.5 }]);
    log.sync();
    log.close();
    expect(log.path).toMatch(/events\.out\.tfevents\.1700000000\.[\w.-]+\.\d+\.\d+$/);
    const [version, start, scalar] = records(log.path);
    expect(Buffer.from(version!).toString('latin1')).toContain('brain.Event:2');
    // Step 101 in base 128, then session_log { status: START }.
    expect(Buffer.from(start!.subarray(9)).toString('hex')).toBe('10653a020801');
    expect(Buffer.from(scalar!.subarray(9)).toString('hex')).toBe(`1065` + `2a0c` + `0a0a` + `0a03${Buffer.from('gen').toString('hex')}` + `150000003f`);
  });

  it('opens a file of its own each time', () => {
    const logs = [openEventFile(work), openEventFile(work)];
    for (const log of logs) log.close();
    expect(readdirSync(work)).toHaveLength(2);
  });
});

describe('openJsonLines', () => {
  it('appends after what is there, and drops a line that was cut short', () => {
    const path = join(work, 'events.jsonl');
    writeFileSync(path, '{"a":1}\n{"a":2}\n{"a":');
    const log = openJsonLines(path);
    log.append({ a: 3 });
    log.sync();
    log.close();
    expect(readJsonLines(path)).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
    openJsonLines(path, true).close();
    expect(readJsonLines(path)).toEqual([]);
    expect(readJsonLines(join(work, 'missing'))).toEqual([]);
  });
});
