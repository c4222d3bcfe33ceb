import type { Ends } from '../../styles/ends.js';
import { style } from '../../styles/style.js';
import { Button } from '../../ui/Button.js';
import { PictureCanvas } from '../../ui/PictureCanvas.js';
import { frames, randomCode, setEnd } from './morph.js';
import { words } from '../../words/words.js';

export interface EndCardProps {
  readonly which: keyof Ends;
  readonly title: string;
}

/** One end of a morph: its image, and other styles for it. */
export function EndCard({ which, title }: EndCardProps) {
  const { pictures } = frames.state.value;
  const said = words.value.morph;
  const picture = which === 'start' ? pictures[0] : pictures.at(-1);
  return (
    <div class="end" role="group" aria-label={title}>
      <span class="small">{title}</span>
      <div class="end-picture">
        <PictureCanvas picture={picture} label={said.itsStyle(title)} />
      </div>
      <div class="row">
        <Button icon="dice" iconOnly label={said.randomStyle(title)} onClick={() => setEnd(which, randomCode())} />
        <Button label={said.myStyle} title={said.myStyleFor(title)} onClick={() => setEnd(which, style.peek())} />
      </div>
    </div>
  );
}
