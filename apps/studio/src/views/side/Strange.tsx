import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { source } from '../../direction.js';
import { drawing } from '../../draw/drawing.js';
import { image } from '../../image/library.js';
import { fits, type Look, lookOf } from '../../image/look.js';
import { isOwn } from '../../image/own.js';
import { knownKinds } from '../../image/samples.js';
import { thumbOf } from '../../image/thumb.js';

/** Of an image unlike all that the model has seen, it says so: what comes of it is not the model at its best. */
export function Strange() {
  const look = useSignal<Look | undefined>(undefined);
  const chosen = image.value;
  const own = isOwn(chosen) && drawing.value === undefined;
  useEffect(() => {
    look.value = undefined;
    let current = true;
    if (own) {
      thumbOf(chosen).then((thumb) => {
        const context = new OffscreenCanvas(thumb.width, thumb.height).getContext('2d')!;
        context.drawImage(thumb, 0, 0);
        if (current) look.value = lookOf(context.getImageData(0, 0, thumb.width, thumb.height).data);
      }, () => undefined);
    }
    return () => void (current = false);
  }, [chosen.key, own]);
  const kind = knownKinds.value?.[source.value];
  if (!own || kind === undefined || look.value === undefined || fits(look.value, kind)) return null;
  return (
    <p class="small strange" role="status">
      This model has only seen {kind.about}, and {chosen.name} looks different: the result will be poor. Draw something, or choose a model for such images.
    </p>
  );
}
