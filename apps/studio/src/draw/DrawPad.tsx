import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { addStroke, currentPen, drawing, leavePad, PAD_SIDE, paintSheet, penDown, publishStroke, redo, sheet, undo } from './drawing.js';
import { paintStroke, type Point, type Stroke } from './strokes.js';
import { words } from '../words/words.js';

/** A sheet of paper for mouse, pen and finger, translated while it is drawn on. */
export function DrawPad() {
  const ref = useRef<HTMLCanvasElement>(null);
  /** The stroke under way. */
  const stroke = useRef<(Stroke & { points: Point[] }) | undefined>(undefined);
  useSignalEffect(() => {
    const now = sheet.value;
    const context = ref.current?.getContext('2d');
    if (context) paintSheet(context, now);
  });
  useEffect(() => {
    const id = drawing.peek()?.id;
    return () => {
      if (id !== undefined) leavePad(id);
    };
  }, []);
  // Paper and translation fill a phone's screen.
  useEffect(() => {
    if (matchMedia('(max-width: 860px)').matches) ref.current?.closest('section')?.scrollIntoView({ block: 'start' });
  }, []);
  useEffect(() => {
    const key = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'z' || !(event.ctrlKey || event.metaKey) || event.target instanceof HTMLInputElement) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.shiftKey) redo();
      else undo();
    };
    document.addEventListener('keydown', key, { capture: true });
    return () => document.removeEventListener('keydown', key, { capture: true });
  }, []);

  const draw = (event: PointerEvent): void => {
    const [canvas, now] = [ref.current!, stroke.current];
    const context = canvas.getContext('2d');
    if (now === undefined || context === null) return;
    const box = canvas.getBoundingClientRect();
    const from = now.points.length;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const { clientX, clientY } of events.length > 0 ? events : [event]) {
      now.points.push({ x: ((clientX - box.left) * PAD_SIDE) / box.width, y: ((clientY - box.top) * PAD_SIDE) / box.height });
    }
    paintStroke(context, now, from);
    publishStroke(now);
  };
  const begin = (event: PointerEvent): void => {
    if (event.button !== 0 || !event.isPrimary) return;
    event.preventDefault();
    ref.current?.setPointerCapture(event.pointerId);
    penDown.value = true;
    stroke.current = { ...currentPen(), points: [] };
    draw(event);
  };
  const end = (): void => {
    if (stroke.current !== undefined) addStroke(stroke.current);
    stroke.current = undefined;
    penDown.value = false;
  };
  return (
    <canvas
      ref={ref}
      class="pad"
      role="img"
      aria-label={words.value.pad.paper}
      width={PAD_SIDE}
      height={PAD_SIDE}
      onPointerDown={begin}
      onPointerMove={draw}
      onPointerUp={end}
      onPointerCancel={end}
    />
  );
}
