import { accumulate, type Array64, get, map64, sizes2, zeros } from '../shared/reference.js';

const widthOf = ({ shape }: Array64): number => shape.at(-1) ?? 1;

/** The last axes behind one another. */
export const concatChannelsReference = {
  forward(parts: readonly Array64[]): Array64 {
    const [first] = parts as readonly [Array64, ...Array64[]];
    const y = zeros([...first.shape.slice(0, -1), parts.reduce((sum, part) => sum + widthOf(part), 0)]);
    const pixels = first.data.length / widthOf(first);
    let at = 0;
    for (let pixel = 0; pixel < pixels; pixel++) {
      for (const part of parts) for (let c = 0; c < widthOf(part); c++) y.data[at++] = get(part, pixel * widthOf(part) + c);
    }
    return y;
  },
  backward(parts: readonly Array64[], dy: Array64): readonly Array64[] {
    const total = parts.reduce((sum, part) => sum + widthOf(part), 0);
    let before = 0;
    return parts.map((part) => {
      const from = before;
      const width = widthOf(part);
      before += width;
      return map64(part, (_, i) => get(dy, Math.floor(i / width) * total + from + (i % width)));
    });
  },
};

/** A code at every pixel. */
export const expandOverPixelsReference = {
  forward(x: Array64, height: number, width: number): Array64 {
    const [n, f] = sizes2(x);
    const y = zeros([n, height, width, f]);
    y.data.forEach((_, i) => (y.data[i] = get(x, Math.floor(i / (height * width * f)) * f + (i % f))));
    return y;
  },
  backward(x: Array64, height: number, width: number, dy: Array64): Array64 {
    const [, f] = sizes2(x);
    const dx = zeros(x.shape);
    dy.data.forEach((value, i) => accumulate(dx, Math.floor(i / (height * width * f)) * f + (i % f), value));
    return dx;
  },
};
