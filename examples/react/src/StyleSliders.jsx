import { useEffect, useRef, useState } from 'react';
import { useTranslator } from './useTranslator.js';

/** An image's translation, and a slider for each number of its style. */
export function StyleSliders({ model, image }) {
  const { translator, error } = useTranslator(model);
  const [style, setStyle] = useState();
  const [content, setContent] = useState();
  const canvas = useRef(null);

  // The content is encoded once; a slider then costs one decode.
  useEffect(() => {
    if (!translator) return;
    setStyle(translator.sampleStyles(1)[0]);
    let encoded;
    let left = false;
    translator.encode(image).then((code) => {
      encoded = code;
      if (left) code.dispose();
      else setContent(code);
    }, console.error);
    return () => {
      left = true;
      encoded?.dispose();
      setContent(undefined);
    };
  }, [translator, image]);

  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (!content || !style) return;
    const stop = new AbortController();
    translator.decode(content, { style, signal: stop.signal }).then(
      (picture) => {
        if (!canvas.current || stop.signal.aborted) return;
        picture.toCanvas(canvas.current);
        setShown(true);
      },
      (reason) => {
        if (!stop.signal.aborted) console.error(reason);
      },
    );
    return () => stop.abort();
  }, [translator, content, style]);

  if (error) return <p role="alert">{error.message}</p>;
  return (
    <main>
      <canvas ref={canvas} />
      {style &&
        Array.from(style, (value, i) => (
          <label key={i}>
            <input type="range" min={-3} max={3} step={0.1} value={value} onChange={(event) => setStyle(style.with(i, event.target.valueAsNumber))} />
          </label>
        ))}
      <p>
        <output>{shown ? `Translated on ${translator.device.description}.` : 'Loading the model …'}</output>
      </p>
    </main>
  );
}
