import { useSignal } from '@preact/signals';
import type { Picture } from '@munit/infer';
import { PictureCanvas } from '../../ui/PictureCanvas.js';
import { words } from '../../words/words.js';

export interface CompareProps {
  readonly before: ImageBitmap;
  readonly after: Picture;
  readonly labels: { readonly before: string; readonly after: string };
}

/** Before and after in one place, with a divider between: a range input, so that keys and screen readers know it. */
export function Compare({ before, after, labels }: CompareProps) {
  const at = useSignal(50);
  return (
    <div class="compare" style={{ '--at': `${at.value}%`, '--ratio': String(after.width / after.height), aspectRatio: `${after.width} / ${after.height}` }}>
      <PictureCanvas picture={after} label={labels.after} />
      <div class="compare-before">
        <PictureCanvas picture={before} label={labels.before} />
      </div>
      <div class="compare-line" aria-hidden="true" />
      <input
        type="range"
        min={0}
        max={100}
        value={at.value}
        aria-label={words.value.stage.divider}
        aria-valuetext={words.value.stage.dividerAt(at.value)}
        onInput={(e) => (at.value = e.currentTarget.valueAsNumber)}
      />
    </div>
  );
}
