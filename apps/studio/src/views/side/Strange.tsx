import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { part } from '../../chunk.js';
import { source } from '../../direction.js';
import { drawing } from '../../draw/drawing.js';
import { choose, image } from '../../image/library.js';
import type { LibraryImage } from '../../image/libraryImage.js';
import { fits, type Look, lookOf } from '../../image/look.js';
import { isOwn } from '../../image/own.js';
import { knownKinds, knowsLines } from '../../image/samples.js';
import { thumbOf } from '../../image/thumb.js';
import { Button } from '../../ui/Button.js';
import { notifyError } from '../../ui/notices.js';
import { words } from '../../words/words.js';
import { bundledKind } from '../../model/bundled.js';
import { model } from '../../model/session.js';

/** Makes a line drawing of an image, and translates that. */
async function drawLines(of: LibraryImage): Promise<void> {
  const { drawEdgesOf } = await part(words.peek().part.lines, () => import('../../edges/edges.js'));
  choose((await drawEdgesOf(of)).id);
}

/** Of an image unlike all that the model has seen, it says so: what comes of it is not the model at its best. */
export function Strange() {
  const look = useSignal<Look | undefined>(undefined);
  const busy = useSignal(false);
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
  const choice = model.value?.choice;
  if (!own || kind === undefined || choice?.kind !== 'bundled' || look.value === undefined || fits(look.value, kind)) return null;
  const { image: said } = words.value;
  const convert = (): void => {
    busy.value = true;
    drawLines(chosen).catch(notifyError).finally(() => (busy.value = false));
  };
  return (
    <div class="small strange" role="status">
      <p>
        {said.strange(bundledKind(choice.id, source.value), chosen.name)} {knowsLines.value ? said.strangeLines : said.strangeDraw}
      </p>
      {knowsLines.value && <Button icon="pen" label={said.drawLines} disabled={busy.value} onClick={convert} />}
    </div>
  );
}
