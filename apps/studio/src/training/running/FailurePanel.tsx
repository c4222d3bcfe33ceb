import { Button } from '../../ui/Button.js';
import { notifyError } from '../../ui/notices.js';
import type { TrainingStore } from '../store.js';
import { words } from '../../words/words.js';

/** What went wrong, what to do about it, and what is worth knowing besides. */
export function FailurePanel({ store }: { readonly store: TrainingStore }) {
  const failure = store.failure.value;
  const warnings = store.watch.warnings.value;
  const said = words.value.run;
  const onGpu = store.run.value?.device.taken === 'webgpu';
  return (
    <>
      {failure !== undefined && (
        <section class="train-failure" role="alert">
          <strong>{said.stopped}</strong>
          <p>{failure.message}</p>
          <div class="row">
            {failure.recoverable && <Button label={said.fromCheckpoint} icon="reset" kind="primary" onClick={() => void store.recover('auto')} />}
            {failure.recoverable && onGpu && <Button label={said.onCpu} onClick={() => void store.recover('simd')} />}
            <Button label={said.back} onClick={() => void store.end().catch(notifyError)} />
          </div>
        </section>
      )}
      {warnings.length > 0 && (
        <details class="train-warnings small">
          <summary>
            {said.warnings(warnings.length)}
            {warnings.at(-1)}
          </summary>
          <ul>
            {warnings.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
