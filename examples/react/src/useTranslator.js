import { TranslatorClient } from '@munit/infer/worker';
import { useEffect, useState } from 'react';

/** A translator of a model, in a worker that lives as long as the component; undefined while it loads. */
export function useTranslator(model) {
  const [translator, setTranslator] = useState();
  const [error, setError] = useState();
  useEffect(() => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
    const stop = new AbortController();
    TranslatorClient.load(worker, model, { signal: stop.signal }).then(setTranslator, (reason) => {
      if (!stop.signal.aborted) setError(reason);
    });
    return () => {
      stop.abort();
      worker.terminate();
      setTranslator(undefined);
    };
  }, [model]);
  return { translator, error };
}
