import { useSignal } from '@preact/signals';
import { openPad } from '../../draw/drawing.js';
import { CameraDialog, hasCamera, photographByApp } from './CameraDialog.js';
import { takeFiles } from '../../incoming.js';
import { choose, image, inputs } from '../../image/library.js';
import { isOwn, ownImages, removeOwn } from '../../image/own.js';
import { sidesWith } from '../../image/size.js';
import { model } from '../../model/session.js';
import { chosenSide, side, trainedSide } from '../../translate/side.js';
import { Button } from '../../ui/Button.js';
import { pickFiles } from '../../ui/files.js';
import { notify, notifyError } from '../../ui/notices.js';
import { Panel } from '../../ui/Panel.js';
import { useRoving } from '../../ui/roving.js';
import { view } from '../../view.js';
import { Strange } from './Strange.js';
import { Thumb } from './Thumb.js';
import { words } from '../../words/words.js';

/** Removed images come back by Undo, as long as the page is open. */
function remove(ids: readonly string[]): void {
  removeOwn(ids);
  notify(ids.length === 1 ? words.peek().image.removed : words.peek().image.allRemoved(ids.length));
  // Their button is gone.
  requestAnimationFrame(() => document.querySelector<HTMLElement>('.side .thumb[aria-pressed="true"]')?.focus());
}

/** What is translated. */
export function ImagePanel() {
  const camera = useSignal(false);
  const roving = useRoving<HTMLUListElement>();
  const photograph = (): void => {
    if (hasCamera()) camera.value = true;
    else void photographByApp();
  };
  const draw = (): void => {
    view.value = 'translate';
    openPad().catch(notifyError);
  };
  const mine = isOwn(image.value);
  const all = ownImages.value.map(({ id }) => id);
  const said = words.value.image;
  return (
    <Panel title={said.title}>
      <div class="ways">
        <Button icon="pen" label={said.draw} onClick={draw} />
        <Button icon="plus" label={said.add} fullLabel={said.addImages} onClick={() => void pickFiles({ accept: 'image/*', multiple: true }).then(takeFiles)} />
        <Button icon="camera" label={said.photo} fullLabel={said.takePhoto} onClick={photograph} />
      </div>
      <ul class="thumbs" aria-label={said.list} {...roving}>
        {inputs.value.map((one) => (
          <Thumb key={one.id} image={one} pressed={one.id === image.value.id} onClick={() => choose(one.id)} />
        ))}
      </ul>
      <Strange />
      {mine && (
        <div class="row">
          <Button kind="plain" icon="trash" label={said.remove} fullLabel={said.removeThis(image.value.name)} onClick={() => remove([image.value.id])} />
          {all.length > 1 && <Button kind="plain" label={said.removeAll(all.length)} onClick={() => remove(all)} />}
        </div>
      )}
      <p class="small hint">{said.hint}</p>
      <SideSelect />
      {camera.value && <CameraDialog onClose={() => (camera.value = false)} />}
    </Panel>
  );
}

/** A network sees a part of the image at a time: shapes far larger than those it was trained on do not fit into its view. */
const FAR = 2;

function SideSelect() {
  const own = trainedSide.value;
  const said = words.value.image;
  return (
    <>
      <label class="row">
        <span class="small grow">
          {words.value.common.size}
          <span class="hidden-visually">{said.ofShorterSide}</span>
        </span>
        <select class="field" disabled={model.value === undefined} value={String(side.value)} onChange={(e) => (chosenSide.value = Number(e.currentTarget.value))}>
          {sidesWith(own, side.value).map((pixels) => (
            <option key={pixels} value={String(pixels)}>
              {model.value === undefined && pixels === side.value ? said.asTrained : pixels === own ? said.pixelsAsTrained(pixels) : said.pixels(pixels)}
            </option>
          ))}
        </select>
      </label>
      {own !== undefined && side.value > FAR * own && <p class="small">{said.tooLarge(own)}</p>}
    </>
  );
}
