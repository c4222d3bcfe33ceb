import { Button } from '../ui/Button.js';
import { Slider } from '../ui/Slider.js';
import { blank, canRedo, canUndo, clearPad, closePad, erasing, penColour, penWidth, redo, undo } from './drawing.js';

/** What the pen is like, and the ways back. */
export function PenBar() {
  return (
    <div class="row pen-bar" role="group" aria-label="Pen">
      <Button icon="pen" iconOnly label="Pen" pressed={!erasing.value} onClick={() => (erasing.value = false)} />
      <Button icon="eraser" iconOnly label="Eraser" pressed={erasing.value} onClick={() => (erasing.value = true)} />
      <input type="color" class="pen-colour" aria-label="Colour of the pen" value={penColour.value} onInput={(e) => (penColour.value = e.currentTarget.value)} />
      <div class="grow">
        <Slider label="Width" value={penWidth.value} min={2} max={40} step={1} digits={0} onInput={(value) => (penWidth.value = value)} />
      </div>
      <Button icon="undo" iconOnly label="Undo" disabled={!canUndo.value} onClick={undo} />
      <Button icon="redo" iconOnly label="Redo" disabled={!canRedo.value} onClick={redo} />
      <Button icon="trash" iconOnly label="Empty sheet" disabled={blank.value} onClick={clearPad} />
      <Button label="Done" onClick={closePad} />
    </div>
  );
}
