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
import { kindName } from '../../model/bundled.js';
import { decimal } from '../../ui/numbers.js';
import { Marked } from '../../words/Marked.js';
import { words } from '../../words/words.js';

const takeFilm = (files: readonly File[]): void => {
  const [first] = files;
  if (first !== undefined) void openSource(() => openFilm(first));
};

const pickFilm = (): void => void pickFiles({ accept: 'video/*' }).then(takeFilm);

/** A camera or a film, translated while it runs. */
export function LiveView() {
  useEffect(startLive, []);
  if (model.value === undefined) return <p class="stage-empty">{words.value.common.chooseModel}</p>;
  return (
    <div class="translate">
      <section class="panel" aria-label={words.value.live.region}>
        {liveSource.value === undefined ? <Sources /> : <Frames open={liveSource.value} />}
      </section>
      <LiveSettings />
    </div>
  );
}

function Sources() {
  const said = words.value.live;
  return (
    <DropZone label={said.drop} onFiles={takeFilm}>
      <p>{said.about}</p>
      <div class="row">
        <Button kind="primary" icon="camera" label={said.useCamera} onClick={() => void openSource(openCamera)} />
        <Button icon="video" label={said.chooseFilm} onClick={pickFilm} />
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
  const said = words.value.live;
  return (
    <>
      <div class="pair">
        <figure>
          <PictureCanvas picture={frame?.before} label={open.kind === 'camera' ? said.cameraSeen : said.filmSeen} />
          <figcaption class="small">{kindName(domains[source.value].name)}</figcaption>
        </figure>
        <span aria-hidden="true" />
        <figure>
          <PictureCanvas picture={frame?.after} label={said.translation} />
          <figcaption class="small">{kindName(domains[target.value].name)}</figcaption>
        </figure>
      </div>
      <div class="row">
        <span class="grow small numbers live-rate" title={said.rateTitle}>
          {frame === undefined ? said.first : liveRate.value === undefined ? '' : said.rate(decimal(liveRate.value, liveRate.value < 10 ? 1 : 0))}
        </span>
        <Button icon="stop" label={open.kind === 'camera' ? said.endCamera : said.closeFilm} disabled={recording.value !== undefined} onClick={closeSource} />
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
      notify(words.peek().common.videoSaved);
    } catch (error) {
      notifyError(error);
    } finally {
      waiting.value = false;
    }
  };
  const { common, live: said } = words.value;
  return (
    <Panel title={said.title}>
      {styleDim.value > 0 && (
        <>
          <p class="small">{said.whichStyle}</p>
          <Button icon="dice" label={said.anotherStyle} onClick={randomStyle} />
        </>
      )}
      <label class="row">
        <input type="checkbox" checked={asLines.value} onChange={({ currentTarget }) => setAsLines(currentTarget.checked)} />
        <span class="grow">{said.asLines}</span>
      </label>
      <p class="small">{said.asLinesAbout}</p>
      {now === undefined ? (
        <>
          <Button kind="primary" icon="record" label={said.record} disabled={open === undefined || waiting.value || liveFrame.value === undefined} onClick={() => void save(recordLive)} />
          {open?.kind === 'film' && <Button icon="video" label={said.everyFrame} disabled={waiting.value} onClick={() => void save(() => translateFilm(open))} />}
        </>
      ) : now.kind === 'writing' ? (
        <Progress label={common.writingVideo} value={now.done} />
      ) : (
        <>
          <Progress label={said.frames(now.frames)} value={now.done} />
          <Button kind="primary" icon="stop" label={said.stopAndSave} onClick={stopRecording} />
        </>
      )}
      <p class="small"><Marked text={said.silent} /></p>
    </Panel>
  );
}
