import { describe, expect, it } from 'vitest';
import { Absent, type Command, start } from './contestant.js';

/** A contestant in a few words, run by this Node. */
const script = (source: string): Command => ({ file: process.execPath, args: ['-e', source] });
const echo = (answers: string): Command =>
  script(`console.log(JSON.stringify({ ready: true, version: '1.2' }));
    require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => { const request = JSON.parse(line); ${answers} });`);

describe('a contestant', () => {
  it('tells its version, answers in turn, and ends when asked to', async () => {
    const remote = await start('peer', echo('console.log(JSON.stringify({ ms: Array(request.times).fill(7) }))'));
    expect(remote.version).toBe('1.2');
    expect(await remote.ask({ do: 'run', times: 2 })).toEqual({ ms: [7, 7] });
    expect(await remote.ask({ do: 'run', times: 1 })).toEqual({ ms: [7] });
    await remote.close();
    await remote.close();
  });

  it('that fails is quoted', async () => {
    const remote = await start('peer', echo('console.log(JSON.stringify({ error: "no room" }))'));
    await expect(remote.ask({ do: 'check', file: 'x' })).rejects.toThrow('peer could not check: no room');
    await remote.close();
  });

  it('that dies is an error with its last words, not a wait without end', async () => {
    const remote = await start('peer', echo('console.error("out of memory"); process.exit(3)'));
    await expect(remote.ask({ do: 'run', times: 1 })).rejects.toThrow(/peer ended with 3\. out of memory/);
    await remote.close();
  });

  it('that does not answer in time is ended', async () => {
    const remote = await start('peer', echo(''), 300);
    await expect(remote.ask({ do: 'run', times: 1 })).rejects.toThrow('peer ended with SIGKILL');
    await remote.close();
  });

  it('that says that it cannot run here is absent', async () => {
    const absent = start('peer', script('console.log(JSON.stringify({ absent: "no such library" }))'));
    await expect(absent).rejects.toThrow(Absent);
    await expect(absent).rejects.toThrow('no such library');
  });

  it('whose program is not there is absent', async () => {
    await expect(start('peer', { file: '/no/such/program', args: [] })).rejects.toThrow(Absent);
  });
});
