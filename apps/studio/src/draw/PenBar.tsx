import { Button } from '../ui/Button.js';
import { Slider } from '../ui/Slider.js';
import { blank, canRedo, canUndo, clearPad, closePad, erasing, penColour, penWidth, redo, undo } from './drawing.js';
import { words } from '../words/words.js';

/** What the pen is like, and the ways back. */
export function PenBar() {
  const { common, pad } = words.value;
  return (
    <div class="row pen-bar" role="group" aria-label={pad.pen}>
      <Button icon="pen" iconOnly label={pad.pen} pressed={!erasing.value} onClick={() => (erasing.value = false)} />
      <Button icon="eraser" iconOnly label={pad.eraser} pressed={erasing.value} onClick={() => (erasing.value = true)} />
      <input type="color" class="pen-colour" aria-label={pad.colour} value={penColour.value} onInput={(e) => (penColour.value = e.currentTarget.value)} />
      <div class="grow">
        <Slider label={pad.width} value={penWidth.value} min={2} max={40} step={1} digits={0} onInput={(value) => (penWidth.value = value)} />
      </div>
      <Button icon="undo" iconOnly label={common.undo} disabled={!canUndo.value} onClick={undo} />
      <Button icon="redo" iconOnly label={common.redo} disabled={!canRedo.value} onClick={redo} />
      <Button icon="trash" iconOnly label={pad.empty} disabled={blank.value} onClick={clearPad} />
      <Button label={common.done} onClick={closePad} />
    </div>
  );
}
