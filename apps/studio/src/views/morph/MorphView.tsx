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

/** From one style to another, played and saved. */
export function MorphView() {
  useEffect(startPlayer, []);
  if (model.value === undefined) return <p class="stage-empty">Choose a model to begin.</p>;
  if (styleDim.value === 0) return <p class="stage-empty">This model has no style code, so there is nothing to morph.</p>;
  return (
    <div class="translate">
      <section class="panel" aria-label="The images of the morph">
        <div class="morph-stage">
          <EndCard which="start" title="From" />
          <div class="morph-picture">
            <PictureCanvas picture={shown.value} label={`${image.value.name}, ${Math.round(position.value * 100)} % of the way`} />
          </div>
          <EndCard which="end" title="To" />
        </div>
        <Transport />
      </section>
      <MorphSettings />
    </div>
  );
}

function Transport() {
  const { running, done, pictures, problem } = frames.state.value;
  return (
    <div class="stack">
      <div class="transport">
        <Button
          kind="primary"
          icon={playing.value ? 'pause' : 'play'}
          iconOnly
          label={playing.value ? 'Pause' : 'Play'}
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
          aria-label="Position"
          aria-valuetext={`${Math.round(position.value * 100)} %`}
          onInput={(e) => {
            playing.value = false;
            position.value = e.currentTarget.valueAsNumber;
          }}
        />
      </div>
      {running && (
        <div class="row">
          <div class="grow">
            <Progress label={`Image ${done + 1} of ${pictures.length}`} value={done / pictures.length} />
          </div>
          <Button icon="stop" label="Stop" onClick={() => frames.stop()} />
        </div>
      )}
      {problem !== undefined && (
        <p class="small" role="status">
          {problem}
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
      const { saveFrames } = await part('The writer of videos', () => import('../../video/saveFrames.js'));
      const { blob, extension } = await saveFrames(pictures, { order: frameOrder(pictures.length, seconds.value), onProgress: (done) => (saving.value = done) });
      saveFile(blob, `${fileStem(image.value.name)}-morph.${extension}`);
      notify('The video was saved.');
    } catch (error) {
      notifyError(error);
    } finally {
      saving.value = undefined;
    }
  };
  const turn = (): void => {
    if (ends.value !== undefined) ends.value = { start: ends.value.end, end: ends.value.start };
  };
  return (
    <Panel title="Morph">
      <Segmented
        label="Path between the ends"
        value={mode.value}
        onChange={(value) => (mode.value = value)}
        options={[
          { value: 'slerp', label: 'Arc' },
          { value: 'lerp', label: 'Straight' },
        ]}
      />
      <p class="small">An arc (slerp) keeps the typical length of a random style; a straight line (lerp) passes close to the average one.</p>
      <Slider label="Images" value={frameCount.value} min={2} max={60} step={1} digits={0} onInput={(value) => (frameCount.value = Math.round(value))} />
      <Slider label="Seconds" value={seconds.value} min={0.5} max={8} step={0.5} digits={1} onInput={(value) => (seconds.value = value)} />
      <p class="small numbers">One way; the video goes there and back, in {2 * seconds.value} seconds.</p>
      <Button icon="swap" label="Swap the ends" onClick={turn} />
      <Button kind="primary" icon="video" label="Save as video" disabled={frames.state.value.running || ready.value < 2 || saving.value !== undefined} onClick={() => void save()} />
      {saving.value !== undefined && <Progress label="Writing the video" value={saving.value} />}
    </Panel>
  );
}
