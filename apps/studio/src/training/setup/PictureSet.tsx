import { useEffect, useState } from 'preact/hooks';
import { Button } from '../../ui/Button.js';
import { DropZone } from '../../ui/DropZone.js';
import { pickFiles } from '../../ui/files.js';
import { notify, notifyError } from '../../ui/notices.js';
import type { PictureFiles } from '../draft.js';
import { isPicture, setName, withMore } from '../files.js';
import { words } from '../../words/words.js';

export interface PictureSetProps {
  /** `A` or `B`. */
  readonly letter: string;
  readonly value: PictureFiles;
  readonly onChange: (value: PictureFiles) => void;
}

const shown = 6;

/** One of the two sets: dropped or picked, counted, with a name and a glance at the first images. */
export function PictureSet({ letter, value, onChange }: PictureSetProps) {
  const said = words.value.setup;
  const take = (files: readonly File[]): void => {
    if (files.length === 0) return;
    const pictures = files.filter(isPicture);
    const left = files.length - pictures.length;
    if (pictures.length === 0) return notify(said.noImage(letter), 'error');
    const all = withMore(value.files, pictures);
    const known = pictures.length - (all.length - value.files.length);
    const notes = [known > 0 && said.known(known, letter), left > 0 && said.left(left)];
    if (known > 0 || left > 0) notify(notes.filter((text) => text !== false).join(' '));
    // A name that was typed stays; so does a folder's, while all its images came from it.
    onChange({ files: all, name: value.name === '' ? setName(files) : value.name });
  };
  const pick = (folder: boolean): void => {
    pickFiles(folder ? { folder } : { accept: 'image/*', multiple: true }).then(take, notifyError);
  };
  const { files } = value;
  return (
    <DropZone label={said.setImages(letter)} onFiles={take}>
      <div class="train-set">
        <label class="row">
          <strong>{said.set(letter)}</strong>
          <input class="field grow" placeholder={letter === 'A' ? said.exampleA : said.exampleB} aria-label={said.setName(letter)} value={value.name} onInput={({ currentTarget }) => onChange({ files, name: currentTarget.value })} />
        </label>
        {files.length > 0 && <Thumbnails files={files.slice(0, shown)} />}
        <p class="small numbers" aria-live="polite">
          {files.length === 0 ? said.dropHere : said.imageCount(files.length)}
        </p>
        <div class="row train-centred">
          <Button label={said.folder} icon="folder" onClick={() => pick(true)} />
          <Button label={said.images} icon="image" onClick={() => pick(false)} />
          {files.length > 0 && <Button label={said.empty(letter)} icon="close" iconOnly kind="plain" onClick={() => onChange({ files: [], name: '' })} />}
        </div>
      </div>
    </DropZone>
  );
}

function Thumbnails({ files }: { readonly files: readonly File[] }) {
  const [addresses, setAddresses] = useState<readonly string[]>([]);
  const [broken, setBroken] = useState<readonly string[]>([]);
  const key = files.map(({ name, size }) => `${name}:${size}`).join('|');
  useEffect(() => {
    const made = files.map((file) => URL.createObjectURL(file));
    setAddresses(made);
    return () => made.forEach((address) => URL.revokeObjectURL(address));
    // The list is a new one at every rendering; its files are not.
  }, [key]);
  return (
    <div class="train-thumbnails" aria-hidden="true">
      {addresses.map((address) =>
        broken.includes(address) ? (
          <span key={address} class="train-broken" title={words.value.setup.unreadable}>
            ?
          </span>
        ) : (
          <img key={address} src={address} alt="" onError={() => setBroken((before) => [...before, address])} />
        ),
      )}
    </div>
  );
}
