import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { part } from '../../chunk.js';
import { image } from '../../image/library.js';
import { model } from '../../model/session.js';
import { ends } from '../../styles/ends.js';
import { styleDim } from '../../styles/style.js';
import { Button } from '../../ui/Button.js';
import { fileStem, saveFile } from '../../ui/files.js';
import { notify, notifyError } from '../../ui/notices.js';
import { Panel } from '../../ui/Panel.js';
import { PictureCanvas } from '../../ui/PictureCanvas.js';
import { Progress } from '../../ui/Progress.js';
import { Segmented } from '../../ui/Segmented.js';
import { Slider } from '../../ui/Slider.js';
import { frameOrder } from '../../video/frames.js';
import { EndCard } from './EndCard.js';
import { frameCount, frames, mode, playing, position, ready, seconds, shown } from './morph.js';
import { startPlayer } from './player.js';
import { problemText } from '../../translate/batch.js';
import { decimal } from '../../ui/numbers.js';
import { words } from '../../words/words.js';

/** From one style to another, played and saved. */
export function MorphView() {
  useEffect(startPlayer, []);
  if (model.value === undefined) return <p class="stage-empty">{words.value.common.chooseModel}</p>;
  if (styleDim.value === 0) return <p class="stage-empty">{words.value.morph.noStyles}</p>;
  const said = words.value.morph;
  return (
    <div class="translate">
      <section class="panel" aria-label={said.region}>
        <div class="morph-stage">
          <EndCard which="start" title={said.from} />
          <div class="morph-picture">
            <PictureCanvas picture={shown.value} label={said.onTheWay(image.value.name, Math.round(position.value * 100))} />
          </div>
          <EndCard which="end" title={said.to} />
        </div>
        <Transport />
      </section>
      <MorphSettings />
    </div>
  );
}

function Transport() {
  const { running, done, pictures, problem } = frames.state.value;
  const { common, morph: said } = words.value;
  return (
    <div class="stack">
      <div class="transport">
        <Button
          kind="primary"
          icon={playing.value ? 'pause' : 'play'}
          iconOnly
          label={playing.value ? said.pause : said.play}
          disabled={ready.value < 2}
          onClick={() => (playing.value = !playing.value)}
        />
        <input
          class="scrub"
          type="range"
          min={0}
          max={1}
          step={0.01}
          value={position.value}
          aria-label={said.position}
          aria-valuetext={common.percent(Math.round(position.value * 100))}
          onInput={(e) => {
            playing.value = false;
            position.value = e.currentTarget.valueAsNumber;
          }}
        />
      </div>
      {running && (
        <div class="row">
          <div class="grow">
            <Progress label={common.imageOf(done + 1, pictures.length)} value={done / pictures.length} />
          </div>
          <Button icon="stop" label={common.stop} onClick={() => frames.stop()} />
        </div>
      )}
      {problem !== undefined && (
        <p class="small" role="status">
          {problemText(problem)}
        </p>
      )}
    </div>
  );
}

function MorphSettings() {
  const saving = useSignal<number | undefined>(undefined);
  const save = async (): Promise<void> => {
    const pictures = frames.state.value.pictures.filter((picture) => picture !== undefined);
    saving.value = 0;
    try {
      const { saveFrames } = await part(words.peek().part.videos, () => import('../../video/saveFrames.js'));
      const { blob, extension } = await saveFrames(pictures, { order: frameOrder(pictures.length, seconds.value), onProgress: (done) => (saving.value = done) });
      saveFile(blob, `${fileStem(image.value.name)}-morph.${extension}`);
      notify(words.peek().common.videoSaved);
    } catch (error) {
      notifyError(error);
    } finally {
      saving.value = undefined;
    }
  };
  const turn = (): void => {
    if (ends.value !== undefined) ends.value = { start: ends.value.end, end: ends.value.start };
  };
  const { common, morph: said } = words.value;
  return (
    <Panel title={said.title}>
      <Segmented
        label={said.path}
        value={mode.value}
        onChange={(value) => (mode.value = value)}
        options={[
          { value: 'slerp', label: said.arc },
          { value: 'lerp', label: said.straight },
        ]}
      />
      <p class="small">{said.pathAbout}</p>
      <Slider label={common.images} value={frameCount.value} min={2} max={60} step={1} digits={0} onInput={(value) => (frameCount.value = Math.round(value))} />
      <Slider label={said.seconds} value={seconds.value} min={0.5} max={8} step={0.5} digits={1} onInput={(value) => (seconds.value = value)} />
      <p class="small numbers">{said.thereAndBack(decimal(2 * seconds.value, 0))}</p>
      <Button icon="swap" label={said.swap} onClick={turn} />
      <Button kind="primary" icon="video" label={said.save} disabled={frames.state.value.running || ready.value < 2 || saving.value !== undefined} onClick={() => void save()} />
      {saving.value !== undefined && <Progress label={common.writingVideo} value={saving.value} />}
    </Panel>
  );
}
