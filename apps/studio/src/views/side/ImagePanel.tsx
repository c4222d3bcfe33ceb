import { useSignal } from '@preact/signals';
import { openPad } from '../../draw/drawing.js';
import { CameraDialog, hasCamera, photographByApp } from './CameraDialog.js';
import { takeFiles } from '../../incoming.js';
import { choose, image, inputs, isOwn, removeOwn } from '../../image/library.js';
import { sidesWith } from '../../image/size.js';
import { chosenSide, side, trainedSide } from '../../translate/side.js';
import { Button } from '../../ui/Button.js';
import { pickFiles } from '../../ui/files.js';
import { notifyError } from '../../ui/notices.js';
import { Panel } from '../../ui/Panel.js';
import { view } from '../../view.js';
import { Thumb } from './Thumb.js';

/** What is translated. */
export function ImagePanel() {
  const camera = useSignal(false);
  const photograph = (): void => {
    if (hasCamera()) camera.value = true;
    else void photographByApp();
  };
  const draw = (): void => {
    view.value = 'translate';
    openPad().catch(notifyError);
  };
  return (
    <Panel
      title="Image"
      actions={
        <>
          {isOwn(image.value) && <Button kind="plain" icon="trash" iconOnly label={`Remove ${image.value.name}`} onClick={() => removeOwn(image.value.id)} />}
          <Button kind="plain" icon="pen" iconOnly label="Draw" onClick={draw} />
          <Button kind="plain" icon="plus" iconOnly label="Add images" onClick={() => void pickFiles({ accept: 'image/*', multiple: true }).then(takeFiles)} />
          <Button kind="plain" icon="camera" iconOnly label="Take a photo" onClick={photograph} />
        </>
      }
    >
      <ul class="thumbs" aria-label="Images to translate">
        {inputs.value.map((one) => (
          <Thumb key={one.id} image={one} pressed={one.id === image.value.id} onClick={() => choose(one.id)} />
        ))}
      </ul>
      <p class="small hint">Draw one, or drop or paste images anywhere.</p>
      <SideSelect />
      {camera.value && <CameraDialog onClose={() => (camera.value = false)} />}
    </Panel>
  );
}

/** A network sees a part of the image at a time: shapes far larger than those it was trained on do not fit into its view. */
const FAR = 2;

function SideSelect() {
  const own = trainedSide.value;
  return (
    <>
      <label class="row">
        <span class="small grow">
          Size<span class="hidden-visually"> of the shorter side</span>
        </span>
        <select class="field" value={String(side.value)} onChange={(e) => (chosenSide.value = Number(e.currentTarget.value))}>
          {sidesWith(own, side.value).map((pixels) => (
            <option key={pixels} value={String(pixels)}>
              {pixels === own ? `${pixels} px, as trained` : `${pixels} px`}
            </option>
          ))}
        </select>
      </label>
      {own !== undefined && side.value > FAR * own && <p class="small">This model was trained at {own} px; much larger images give poorer results.</p>}
    </>
  );
}
