import { describe, expect, it } from 'vitest';
import * as ours from '../errors/index.js';
import { decodeError, encodeError } from './errors.js';

class OddError extends ours.DataError {
  override readonly name: string = 'OddError';
  readonly path: string;

  constructor(path: string, reason: string) {
    super(`${path} ${reason}`, { remedy: 'Remove it.' });
    this.path = path;
  }
}

const sent = (error: unknown, classes = {}): Error => decodeError(structuredClone(encodeError(error, classes)), classes);

describe('errors between threads', () => {
  const classes = Object.entries(ours).filter(([, value]) => typeof value === 'function' && value.prototype instanceof ours.MunitError) as [string, typeof ours.DataError][];

  it.each(classes)('%s keeps class, code, remedy, message and stack, also where its name was minified', (name, Known) => {
    const error = Object.assign(new Known('It went wrong.', { remedy: 'Do it again.' }), { name: 'e' });
    const there = sent(error);
    expect(Object.getPrototypeOf(there)).toBe(Known.prototype);
    expect(there).toMatchObject({ name, message: 'It went wrong. Do it again.', code: error.code, problem: 'It went wrong.', remedy: { id: 'advice', text: 'Do it again.' }, stack: error.stack });
  });

  it('keeps a class with a constructor of its own where both ends know it, and else its name and nearest class', () => {
    const error = new OddError('a/1.png', 'is empty.');
    const known = sent(error, { OddError });
    expect(known).toBeInstanceOf(OddError);
    expect(known).toMatchObject({ path: 'a/1.png', message: 'a/1.png is empty. Remove it.', remedy: { id: 'advice', text: 'Remove it.' }, code: 'DATA' });
    const unknown = sent(error);
    expect(Object.getPrototypeOf(unknown)).toBe(ours.DataError.prototype);
    expect(unknown).toMatchObject({ name: 'OddError', path: 'a/1.png', code: 'DATA' });
    expect(decodeError({ name: '__proto__', classes: ['__proto__'], message: 'x', stack: undefined, properties: {}, nested: {} })).toMatchObject({ message: 'x' });
  });

  it('keeps causes, the properties of system errors, and aggregated errors', () => {
    const system = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC', errno: -28, path: '/x' });
    const there = sent(new ours.RunFolderError('Not written.', { cause: new AggregateError([system, new TypeError('t')], 'two') }));
    const cause = there.cause as AggregateError;
    expect(cause).toBeInstanceOf(AggregateError);
    expect(cause.errors).toMatchObject([{ code: 'ENOSPC', errno: -28, path: '/x' }, { name: 'TypeError' }]);
    expect(cause.errors[1]).toBeInstanceOf(TypeError);
  });

  it('survives what cannot be cloned, circles of causes, and thrown values that are not errors', () => {
    const circle: Error & { run?: () => void } = new Error('round');
    circle.cause = circle;
    circle.run = () => undefined;
    expect(sent(circle)).toMatchObject({ message: 'round', cause: { message: 'round' } });
    expect(sent('just text')).toMatchObject({ message: 'just text', cause: 'just text' });
    expect(sent(undefined).message).toBe('undefined');
    expect(sent(new DOMException('stop', 'AbortError')).name).toBe('AbortError');
  });
});
