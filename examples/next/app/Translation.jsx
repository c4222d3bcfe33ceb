'use client';

import { TranslatorClient } from '@munit/infer/worker';
import { useEffect, useRef, useState } from 'react';

/** Rendered on the server as its first sentence; in the browser a worker translates. */
export function Translation({ model, image }) {
  const [status, setStatus] = useState('Loading the model …');
  const pictures = useRef(null);
  useEffect(() => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
    const stop = new AbortController();
    const show = async () => {
      const translator = await TranslatorClient.load(worker, model, { signal: stop.signal });
      const translations = await translator.translate(image, { styles: 4, signal: stop.signal });
      pictures.current?.replaceChildren(...translations.map((picture) => picture.toCanvas()));
      setStatus(`Translated on ${translator.device.description}.`);
    };
    show().catch((error) => {
      if (!stop.signal.aborted) setStatus(error.message);
    });
    return () => {
      stop.abort();
      worker.terminate();
    };
  }, [model, image]);
  return (
    <>
      <p ref={pictures} />
      <p>
        <output>{status}</output>
      </p>
    </>
  );
}
