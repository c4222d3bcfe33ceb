/** Sources that come late, stop by themselves or are closed in the middle. What is translated is tried in a browser. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { signal } from '@preact/signals';
import { notices } from '../../ui/notices.js';
import { closeSource, liveSource, openSource } from './live.js';
import { recording, translateFilm } from './recorder.js';
import { type FrameSource, openCamera } from './source.js';

/** A film of two seconds that never finds the time that it is asked for. */
function fakeSource() {
  const closed = new AbortController();
  const close = vi.fn<() => void>(() => closed.abort());
  const video = Object.assign(new EventTarget(), { currentTime: 0, duration: 2, pause: () => undefined, play: () => Promise.resolve() }) as unknown as HTMLVideoElement;
  const source: FrameSource = { kind: 'film', name: 'film.mp4', video, size: () => ({ width: 4, height: 4 }), next: () => Promise.resolve(), stepped: signal(false), closed: closed.signal, close };
  return { source, close, video };
}

afterEach(() => {
  closeSource();
  vi.unstubAllGlobals();
});

describe('openSource', () => {
  it('closes a camera that is allowed after another one was opened', async () => {
    const [first, second] = [fakeSource(), fakeSource()];
    let allow: (source: FrameSource) => void = () => undefined;
    const late = openSource(() => new Promise((resolve) => (allow = resolve)));
    await openSource(() => Promise.resolve(second.source));
    allow(first.source);
    await late;
    expect(first.close).toHaveBeenCalledOnce();
    expect(liveSource.value).toBe(second.source);
    expect(second.close).not.toHaveBeenCalled();
  });

  it('closes a camera that is allowed after the view was left, and says nothing of one that is refused then', async () => {
    const { source, close } = fakeSource();
    let [allow, refuse]: [(source: FrameSource) => void, (error: Error) => void] = [() => undefined, () => undefined];
    const allowed = openSource(() => new Promise((resolve) => (allow = resolve)));
    closeSource();
    allow(source);
    await allowed;
    expect(close).toHaveBeenCalledOnce();
    expect(liveSource.value).toBeUndefined();
    const before = notices.value.length;
    const refused = openSource(() => new Promise((_, reject) => (refuse = reject)));
    closeSource();
    refuse(new Error('no'));
    await refused;
    expect(notices.value).toHaveLength(before);
  });
});

describe('openCamera', () => {
  const stubCamera = (play: () => Promise<void>) => {
    const track = { readyState: 'live', stop: vi.fn<() => void>() };
    vi.stubGlobal('navigator', { mediaDevices: { getUserMedia: () => Promise.resolve({ getTracks: () => [track] }) } });
    vi.stubGlobal('document', { createElement: () => ({ play, requestVideoFrameCallback: (done: () => void) => void setTimeout(done) }) });
    return track;
  };

  it('is turned off when it shows no picture', async () => {
    const track = stubCamera(() => Promise.reject(new Error('interrupted')));
    await expect(openCamera()).rejects.toThrow('The camera shows no picture.');
    expect(track.stop).toHaveBeenCalledOnce();
  });

  it('reports the end of its stream, where its last frame would stand still', async () => {
    const track = stubCamera(() => Promise.resolve());
    const camera = await openCamera();
    await camera.next();
    track.readyState = 'ended';
    await expect(camera.next()).rejects.toThrow('The camera has stopped.');
  });
});

describe('translateFilm', () => {
  it('ends when the film is closed while a frame is looked for', async () => {
    const { source } = fakeSource();
    await openSource(() => Promise.resolve(source));
    const film = translateFilm(source);
    film.catch(() => undefined);
    expect(recording.value).toMatchObject({ kind: 'film' });
    closeSource();
    await expect(film).rejects.toThrow('Nothing was translated yet.');
    expect(recording.value).toBeUndefined();
  });

  it('lets go of a film that cannot be read', async () => {
    const { source, video } = fakeSource();
    const film = translateFilm(source);
    film.catch(() => undefined);
    await Promise.resolve();
    video.dispatchEvent(new Event('error'));
    await expect(film).rejects.toThrow('The film cannot be read to its end.');
    expect(recording.value).toBeUndefined();
    expect(source.stepped.value).toBe(false);
  });
});
