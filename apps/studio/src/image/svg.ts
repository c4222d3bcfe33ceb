/** Drawings in SVG: browsers draw them, but make no bitmap of such a file. */

/** Larger than any size that is translated usually; what is drawn has none of its own. */
const SHORTER_SIDE = 1024;

export const isSvg = ({ type }: Blob, name: string): boolean => type === 'image/svg+xml' || /\.svg$/i.test(name);

/** @throws DOMException when the file is not an SVG */
export async function decodeSvg(blob: Blob): Promise<ImageBitmap> {
  const address = URL.createObjectURL(new Blob([blob], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    // Firefox says 0 of a drawing without a size.
    const [width, height] = [image.naturalWidth || SHORTER_SIDE, image.naturalHeight || SHORTER_SIDE];
    const scale = SHORTER_SIDE / Math.min(width, height);
    const canvas = new OffscreenCanvas(Math.round(width * scale), Math.round(height * scale));
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.transferToImageBitmap();
  } finally {
    URL.revokeObjectURL(address);
  }
}
