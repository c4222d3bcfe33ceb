import { domains } from '@munit/core';
import { useSignal, useSignalEffect } from '@preact/signals';
import { Button } from '../../ui/Button.js';
import { notifyError } from '../../ui/notices.js';
import { Panel } from '../../ui/Panel.js';
import { Segmented } from '../../ui/Segmented.js';
import { megabytes, whole } from '../../ui/numbers.js';
import type { TrainingStore } from '../store.js';
import type { Sets, Source } from '../settings.js';
import { PictureSet } from './PictureSet.js';
import { SavedRuns } from './SavedRuns.js';
import { SettingsFields } from './SettingsFields.js';
import { words } from '../../words/words.js';

/** A glance at what the built-in sets look like. */
function BuiltIn() {
  return (
    <div class="train-built-in" aria-hidden="true">
      {domains.map((domain) => (
        <div key={domain}>
          {[0, 1, 2, 3, 4].map((i) => (
            <img key={i} src={new URL(`samples/${domain}${i}.png`, document.baseURI).href} alt="" width="64" height="64" />
          ))}
        </div>
      ))}
    </div>
  );
}

const builtInCount = 2000;
/** As the trainer demands of each set. */
const LEAST = 2;

/** What is trained on and how: everything before the first step. */
export function Setup({ store }: { readonly store: TrainingStore }) {
  const { kind, a, b, settings, device } = store.draft;
  const memory = useSignal<number | undefined>(undefined);
  useSignalEffect(() => {
    store.estimate(settings.value, kind.value === 'files').then((bytes) => (memory.value = bytes), notifyError);
  });
  const filesHere = a.value.files.length >= LEAST && b.value.files.length >= LEAST;
  const given: Sets | undefined = filesHere ? { a: a.value.files, b: b.value.files } : undefined;
  const start = (): void => {
    const source: Source =
      kind.value === 'synthetic'
        ? { kind: 'synthetic', count: builtInCount }
        : { kind: 'files', a: a.value.files, b: b.value.files, names: { a: a.value.name || 'A', b: b.value.name || 'B' } };
    store.start(source, settings.value, device.value).catch(notifyError);
  };
  const ready = kind.value === 'synthetic' || filesHere;
  const said = words.value.setup;
  return (
    <div class="train-setup">
      <SavedRuns store={store} given={given} onNeedFiles={() => (kind.value = 'files')} />
      <Panel title={said.images}>
        <Segmented
          label={said.on}
          value={kind.value}
          options={[
            { value: 'synthetic', label: said.builtIn },
            { value: 'files', label: said.yours },
          ]}
          onChange={(value) => (kind.value = value)}
        />
        {kind.value === 'synthetic' ? (
          <>
            <BuiltIn />
            <p class="small">
              {said.builtInAbout(whole(builtInCount))}
            </p>
          </>
        ) : (
          <>
            <div class="train-sets">
              <PictureSet letter="A" value={a.value} onChange={(value) => (a.value = value)} />
              <PictureSet letter="B" value={b.value} onChange={(value) => (b.value = value)} />
            </div>
            <p class="small">{said.yoursAbout}</p>
          </>
        )}
      </Panel>
      <Panel title={said.how}>
        <SettingsFields settings={settings.value} device={device.value} onSettings={(value) => (settings.value = value)} onDevice={(value) => (device.value = value)} />
        <div class="row">
          <Button label={said.start} icon="play" kind="primary" disabled={!ready} onClick={start} />
          <span class="small numbers">
            {ready ? said.needs(memory.value === undefined ? '…' : megabytes(memory.value)) : said.needsTwo}
          </span>
        </div>
      </Panel>
    </div>
  );
}
