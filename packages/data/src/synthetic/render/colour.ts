/** HSV (degrees, 0..1, 0..1) to RGB in 0..1. */
export function hsvToRgb(hue: number, saturation: number, value: number): [red: number, green: number, blue: number] {
  const channel = (n: number): number => {
    const k = (n + hue / 60) % 6;
    return value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1)));
  };
  return [channel(5), channel(3), channel(1)];
}

/** HSV hue in degrees, [0, 360); undefined for grey. Any scale of the channels. */
export function hueOf(red: number, green: number, blue: number): number | undefined {
  const high = Math.max(red, green, blue);
  const chroma = high - Math.min(red, green, blue);
  if (!(chroma > 0)) return undefined;
  let sector: number;
  if (high === red) sector = (green - blue) / chroma;
  else if (high === green) sector = (blue - red) / chroma + 2;
  else sector = (red - green) / chroma + 4;
  return (sector * 60 + 360) % 360;
}
