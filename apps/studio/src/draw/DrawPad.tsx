import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { addStroke, currentPen, drawing, PAD_SIDE, paintSheet, publish, strokes, undo } from './drawing.js';
import { paintStroke, type Point, type Stroke } from './strokes.js';

/** A sheet of paper for mouse, pen and finger, translated while it is drawn on. */
export function DrawPad() {
  const ref = useRef<HTMLCanvasElement>(null);
  /** The stroke under way. */
  const stroke = useRef<(Stroke & { points: Point[] }) | undefined>(undefined);
  useSignalEffect(() => {
    const [canvas, now] = [ref.current, drawing.value];
    const context = canvas?.getContext('2d');
    if (canvas === null || context === null || context === undefined || now === undefined) return;
    paintSheet(context, now.base);
    for (const one of strokes.value) paintStroke(context, one);
    publish({ id: now.id, canvas });
  });
  // Paper and translation fill a phone's screen.
  useEffect(() => {
    if (matchMedia('(max-width: 860px)').matches) ref.current?.closest('section')?.scrollIntoView({ block: 'start' });
  }, []);
  useEffect(() => {
    const key = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'z' || !(event.ctrlKey || event.metaKey) || event.target instanceof HTMLInputElement) return;
      event.preventDefault();
      undo();
    };
    document.addEventListener('keydown', key);
    return () => document.removeEventListener('keydown', key);
  }, []);

  const draw = (event: PointerEvent): void => {
    const [canvas, now] = [ref.current!, stroke.current];
    const context = canvas.getContext('2d');
    const id = drawing.peek()?.id;
    if (now === undefined || context === null || id === undefined) return;
    const box = canvas.getBoundingClientRect();
    const from = now.points.length;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const { clientX, clientY } of events.length > 0 ? events : [event]) {
      now.points.push({ x: ((clientX - box.left) * PAD_SIDE) / box.width, y: ((clientY - box.top) * PAD_SIDE) / box.height });
    }
    paintStroke(context, now, from);
    publish({ id, canvas });
  };
  const begin = (event: PointerEvent): void => {
    if (event.button !== 0 || !event.isPrimary) return;
    event.preventDefault();
    ref.current?.setPointerCapture(event.pointerId);
    stroke.current = { ...currentPen(), points: [] };
    draw(event);
  };
  const end = (): void => {
    if (stroke.current !== undefined) addStroke(stroke.current);
    stroke.current = undefined;
  };
  return (
    <canvas
      ref={ref}
      class="pad"
      role="img"
      aria-label="Paper: draw with mouse, pen or finger"
      width={PAD_SIDE}
      height={PAD_SIDE}
      onPointerDown={begin}
      onPointerMove={draw}
      onPointerUp={end}
      onPointerCancel={end}
    />
  );
}
