/** Strokes of a pen, and how they are painted. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Pen {
  /** Pixels of the drawing. */
  readonly width: number;
  /** As CSS writes it. The eraser paints the paper's colour. */
  readonly colour: string;
}

export interface Stroke extends Pen {
  readonly points: readonly Point[];
}

type Context = Pick<CanvasRenderingContext2D, 'beginPath' | 'moveTo' | 'lineTo' | 'arc' | 'fill' | 'stroke' | 'lineCap' | 'lineJoin' | 'lineWidth' | 'strokeStyle' | 'fillStyle'>;

/** Paints a stroke from its point `from` on: what came before is on the paper already. */
export function paintStroke(context: Context, { points, width, colour }: Stroke, from = 0): void {
  const [first, ...rest] = points.slice(Math.max(0, from - 1));
  if (first === undefined) return;
  Object.assign(context, { lineCap: 'round', lineJoin: 'round', lineWidth: width, strokeStyle: colour, fillStyle: colour });
  context.beginPath();
  if (rest.length === 0) {
    // A line of no length is not painted; a tap leaves a dot.
    context.arc(first.x, first.y, width / 2, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  context.moveTo(first.x, first.y);
  for (const { x, y } of rest) context.lineTo(x, y);
  context.stroke();
}
