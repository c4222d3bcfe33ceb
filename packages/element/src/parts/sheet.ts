/** A sheet of paper for mouse, pen and finger. */

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Pixels of its side. */
const SIDE = 256;
/** As wide as the lines that models of drawings have learned, at that size. */
const PEN = 8;

/** The sheet, and what is drawn on it. */
export interface Sheet {
  /** What is on the paper. */
  readonly canvas: HTMLCanvasElement;
  /** Whether nothing is. */
  isBlank(): boolean;
  /** Takes back the last stroke. */
  undo(): void;
  /** Takes back all strokes. */
  clear(): void;
}

/** @param onChange called as the pen moves, and after each stroke that was taken back */
export function createSheet(canvas: HTMLCanvasElement, onChange: () => void): Sheet {
  canvas.width = canvas.height = SIDE;
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  let strokes: Point[][] = [];
  let now: Point[] | undefined;

  const paint = (points: readonly Point[], from = 0): void => {
    const [first, ...rest] = points.slice(Math.max(0, from - 1));
    if (first === undefined) return;
    Object.assign(context, { lineCap: 'round', lineJoin: 'round', lineWidth: PEN, strokeStyle: '#000', fillStyle: '#000' });
    context.beginPath();
    // A line of no length is not painted; a tap leaves a dot.
    if (rest.length === 0) context.arc(first.x, first.y, PEN / 2, 0, 2 * Math.PI);
    else context.moveTo(first.x, first.y);
    for (const { x, y } of rest) context.lineTo(x, y);
    if (rest.length === 0) context.fill();
    else context.stroke();
  };
  const repaint = (): void => {
    context.fillStyle = '#fff';
    context.fillRect(0, 0, SIDE, SIDE);
    for (const stroke of strokes) paint(stroke);
    onChange();
  };
  const move = (event: PointerEvent): void => {
    if (now === undefined) return;
    const box = canvas.getBoundingClientRect();
    const from = now.length;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const { clientX, clientY } of events.length > 0 ? events : [event]) now.push({ x: ((clientX - box.left) * SIDE) / box.width, y: ((clientY - box.top) * SIDE) / box.height });
    paint(now, from);
    onChange();
  };
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    now = [];
    strokes = [...strokes, now];
    move(event);
  });
  canvas.addEventListener('pointermove', move);
  const end = (): void => {
    if (now === undefined) return;
    now = undefined;
    // Pieces that were painted one by one overlap, which is a little darker than the whole.
    repaint();
  };
  canvas.addEventListener('pointerup', end);
  canvas.addEventListener('pointercancel', end);
  context.fillStyle = '#fff';
  context.fillRect(0, 0, SIDE, SIDE);
  return {
    canvas,
    isBlank: () => strokes.length === 0,
    undo() {
      strokes = strokes.slice(0, -1);
      repaint();
    },
    clear() {
      strokes = [];
      repaint();
    },
  };
}
