import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { source, target } from '../../direction.js';
import { model } from '../../model/session.js';
import { randomStyle, styleDim } from '../../styles/style.js';
import { Button } from '../../ui/Button.js';
import { DropZone } from '../../ui/DropZone.js';
import { fileStem, pickFiles, saveFile } from '../../ui/files.js';
import { notify, notifyError } from '../../ui/notices.js';
import { Panel } from '../../ui/Panel.js';
import { PictureCanvas } from '../../ui/PictureCanvas.js';
import { Progress } from '../../ui/Progress.js';
import { asLines, closeSource, liveFrame, liveRate, liveSource, openSource, setAsLines, startLive } from './live.js';
import { type RecordedVideo, recording, recordLive, stopRecording, translateFilm } from './recorder.js';
import { type FrameSource, openCamera, openFilm } from './source.js';

const takeFilm = (files: readonly File[]): void => {
  const [first] = files;
  if (first !== undefined) void openSource(() => openFilm(first));
};

const pickFilm = (): void => void pickFiles({ accept: 'video/*' }).then(takeFilm);

/** A camera or a film, translated while it runs. */
export function LiveView() {
  useEffect(startLive, []);
  if (model.value === undefined) return <p class="stage-empty">Choose a model to begin.</p>;
  return (
    <div class="translate">
      <section class="panel" aria-label="Live translation">
        {liveSource.value === undefined ? <Sources /> : <Frames open={liveSource.value} />}
      </section>
      <LiveSettings />
    </div>
  );
}

function Sources() {
  return (
    <DropZone label="Drop a film" onFiles={takeFilm}>
      <p>Your camera, or a film, translated frame by frame in the style in use. It stays in this page.</p>
      <div class="row">
        <Button kind="primary" icon="camera" label="Use the camera" onClick={() => void openSource(openCamera)} />
        <Button icon="video" label="Choose a film" onClick={pickFilm} />
      </div>
    </DropZone>
  );
}

/** Small pictures are stretched by the page: their own size is the network's. */
function Frames({ open }: { readonly open: FrameSource }) {
  const frame = liveFrame.value;
  const holder = useRef<HTMLDivElement>(null);
  // Some browsers decode no film that is not in the page.
  useEffect(() => {
    open.video.className = 'live-video';
    open.video.setAttribute('aria-hidden', 'true');
    holder.current?.append(open.video);
    return () => open.video.remove();
  }, [open]);
  const { domains } = model.value!.translator;
  return (
    <>
      <div class="pair">
        <figure>
          <PictureCanvas picture={frame?.before} label={`The ${open.kind === 'camera' ? 'camera' : 'film'}, as the model sees it`} />
          <figcaption class="small">{domains[source.value].name}</figcaption>
        </figure>
        <span aria-hidden="true" />
        <figure>
          <PictureCanvas picture={frame?.after} label="Its translation" />
          <figcaption class="small">{domains[target.value].name}</figcaption>
        </figure>
      </div>
      <div class="row">
        <span class="grow small numbers live-rate" title="Frames translated in a second">
          {frame === undefined ? 'Translating the first frame …' : liveRate.value === undefined ? '' : `${liveRate.value.toFixed(liveRate.value < 10 ? 1 : 0)} frames/s`}
        </span>
        <Button icon="stop" label={open.kind === 'camera' ? 'End the camera' : 'Close the film'} disabled={recording.value !== undefined} onClick={closeSource} />
      </div>
      <div ref={holder} />
    </>
  );
}

function LiveSettings() {
  const waiting = useSignal(false);
  const open = liveSource.value;
  const now = recording.value;
  const save = async (make: () => Promise<RecordedVideo>): Promise<void> => {
    waiting.value = true;
    try {
      const { blob, extension } = await make();
      saveFile(blob, `${fileStem(open?.name ?? 'camera') || 'film'}-munit.${extension}`);
      notify('The video was saved.');
    } catch (error) {
      notifyError(error);
    } finally {
      waiting.value = false;
    }
  };
  return (
    <Panel title="Live">
      {styleDim.value > 0 && (
        <>
          <p class="small">The style is the one of the Translate view.</p>
          <Button icon="dice" label="Another style" onClick={randomStyle} />
        </>
      )}
      <label class="row">
        <input type="checkbox" checked={asLines.value} onChange={({ currentTarget }) => setAsLines(currentTarget.checked)} />
        <span class="grow">Turn frames into line drawings</span>
      </label>
      <p class="small">For models that have seen drawings alone: the lines of each frame are drawn first.</p>
      {now === undefined ? (
        <>
          <Button kind="primary" icon="record" label="Record" disabled={open === undefined || waiting.value || liveFrame.value === undefined} onClick={() => void save(recordLive)} />
          {open?.kind === 'film' && <Button icon="video" label="Translate every frame" disabled={waiting.value} onClick={() => void save(() => translateFilm(open))} />}
        </>
      ) : now.kind === 'writing' ? (
        <Progress label="Writing the video" value={now.done} />
      ) : (
        <>
          <Progress label={`${now.frames} frames`} value={now.done} />
          <Button kind="primary" icon="stop" label="Stop and save" onClick={stopRecording} />
        </>
      )}
      <p class="small">Videos are saved without sound; the command <code>munit translate</code> keeps it.</p>
    </Panel>
  );
}
