import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repairEventLog, repairTable } from './repair.js';

let work = '';
beforeEach(() => (work = mkdtempSync(join(tmpdir(), 'munit-repair-'))));
afterEach(() => rmSync(work, { recursive: true, force: true }));

describe('repairEventLog', () => {
  const good = [
    '{"time":1,"kind":"start","totalSteps":4,"step":0,"device":"CPU","config":{},"memoryEstimateBytes":1}',
    '{"time":2,"type":"step","step":1,"totalSteps":4,"terms":{"loss_gen_total":null},"learningRate":0.1}',
    '{"time":3,"kind":"sample","step":1,"images":[{"name":"a-to-b","file":"samples/00000001-a-to-b.png"}]}',
    '{"time":3,"kind":"styles","step":1,"statistics":{"a":{"mean":[0],"std":[null]}}}',
    '{"time":4,"kind":"somethingNew","whatever":1}',
  ];

  it.each([
    'not JSON at all',
    'null',
    '{"time":1,"type":"styles","step":3,"statistics":null}',
    '{"time":1,"kind":"evaluation","step":3,"metrics":null}',
    '{"time":1,"kind":"nonFinite","term":"x","action":"restored"}',
    '{"time":1,"kind":"warning","message":{"toString":1}}',
    '{"time":"x","kind":"resumed","step":1}',
    '{"time":1e300,"kind":"resumed","step":1}',
    '{"time":1,"kind":"step","step":1,"totalSteps":4,"terms":{},"learningRate":0,"stepMs":{"toString":1}}',
    '{"time":1,"kind":"step","step":1,"totalSteps":4,"terms":{},"learningRate":0,"residentBytes":"many"}',
    '{"time":1,"kind":"start","totalSteps":4,"step":0,"device":"CPU","config":{},"memoryEstimateBytes":{"valueOf":null}}',
    '{"time":1,"kind":"checkpoint","step":1,"best":true,"path":{"toString":1}}',
    '{"time":1,"kind":"nonFinite","step":1,"term":"x","action":"stopped","value":{"toString":1}}',
    '{"time":1,"kind":"step","step":1e300,"totalSteps":4,"terms":{},"learningRate":0}',
    '{"time":1,"kind":"sample","step":1,"images":[{"name":"x","file":"../../secret.png"}]}',
    '{"time":1,"kind":"sample","step":1,"images":[{"name":"x","file":"javascript:alert(1)//samples/x.png"}]}',
  ])('puts aside %s, and nothing else', (line) => {
    const path = join(work, 'events.jsonl');
    writeFileSync(path, `${[good[0], line, ...good.slice(1)].join('\n')}\n`);
    expect(repairEventLog(path)).toEqual(['Put 1 damaged line of events.jsonl aside (events.jsonl.damaged).']);
    expect(readFileSync(path, 'utf8')).toBe(`${good.join('\n')}\n`);
    expect(readFileSync(`${path}.damaged`, 'utf8')).toBe(`${line}\n`);
    expect(repairEventLog(path)).toEqual([]);
  });

  it('leaves a whole log, a last line that was cut short and an absent log alone', () => {
    const path = join(work, 'events.jsonl');
    expect(repairEventLog(path)).toEqual([]);
    writeFileSync(path, `${good.join('\n')}\n{"time":5,"ki`);
    expect(repairEventLog(path)).toEqual([]);
    expect(existsSync(`${path}.damaged`)).toBe(false);
  });
});

describe('repairTable', () => {
  const table = 'step,a\n1,0.5\n';
  const path = (): string => join(work, 'losses.csv');

  it('reads what a spreadsheet saved', () => {
    writeFileSync(path(), `\uFEFF${table.replaceAll('\n', '\r\n')}`);
    expect(repairTable(path(), true)).toEqual([]);
    expect(readFileSync(path(), 'utf8')).toBe(table);
  });

  it('puts aside what is not a table, and says when rows are lost', () => {
    writeFileSync(path(), 'garbage\n1,2\n');
    expect(repairTable(path(), true)[0]).toMatch(/is not a table of losses: it has been put aside \(losses\.csv\.damaged\)/);
    expect(readFileSync(`${path()}.damaged`, 'utf8')).toBe('garbage\n1,2\n');
    expect(repairTable(path(), true)).toEqual(['losses.csv is missing: it will hold the rows from now on.']);
    expect(repairTable(path(), false)).toEqual([]);
    writeFileSync(path(), '');
    expect(repairTable(path(), true)).toEqual(['losses.csv is empty: it will hold the rows from now on.']);
  });
});
