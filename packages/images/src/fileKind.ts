/** What a file is, by its first bytes: its name may say anything. */

/** Image formats that are read. */
export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'avif';

/** What a file turned out to be. */
export interface FileKind {
  /** With its article: "a PNG image", "a ZIP archive". */
  readonly what: string;
  /** The format of an image that is read; undefined for every other file. */
  readonly format: ImageFormat | undefined;
  /** What to do with a file that is not read, in the imperative, without a full stop: "convert it to PNG". */
  readonly advice: string;
}

/** Bytes from the start of a file that `fileKindOf` looks at, at most. */
export const FILE_KIND_BYTES = 1024;

const CONVERT = 'convert it to PNG';
const UNPACK = 'unpack it and give the folder of its images';
const FRAMES = 'write its frames as images (ffmpeg -i film.mp4 frames/%05d.png) and give their folder';
const IMAGE_FOLDER = 'give the folder that holds it';
const RENDER = 'render it as a PNG';

/** The first characters of a file, its place, what it is. */
type Signature = readonly [start: string, at: number, what: string, advice: string, format?: ImageFormat];

const signatures: readonly Signature[] = [
  ['\xff\xd8\xff', 0, 'a JPEG image', IMAGE_FOLDER, 'jpeg'],
  ['\x89PNG\r\n\x1a\n', 0, 'a PNG image', IMAGE_FOLDER, 'png'],
  ['WEBP', 8, 'a WebP image', IMAGE_FOLDER, 'webp'],
  ['GIF87a', 0, 'a GIF image', IMAGE_FOLDER, 'gif'],
  ['GIF89a', 0, 'a GIF image', IMAGE_FOLDER, 'gif'],
  ['II*\0', 0, 'a TIFF image', IMAGE_FOLDER, 'tiff'],
  ['MM\0*', 0, 'a TIFF image', IMAGE_FOLDER, 'tiff'],
  ['II+\0', 0, 'a TIFF image', IMAGE_FOLDER, 'tiff'],
  ['MM\0+', 0, 'a TIFF image', IMAGE_FOLDER, 'tiff'],
  ['BM', 0, 'a BMP file', CONVERT],
  ['\0\0\x01\0', 0, 'an icon file (ICO)', CONVERT],
  ['8BPS', 0, 'a Photoshop file', CONVERT],
  ['\xff\x0a', 0, 'a JPEG XL file', CONVERT],
  ['\0\0\0\x0cJXL ', 0, 'a JPEG XL file', CONVERT],
  ['\0\0\0\x0cjP  ', 0, 'a JPEG 2000 file', CONVERT],
  ['\xff\x4f\xff\x51', 0, 'a JPEG 2000 file', CONVERT],
  ['\x76\x2f\x31\x01', 0, 'an OpenEXR file', CONVERT],
  ['#?RADIANCE', 0, 'a Radiance HDR file', CONVERT],
  ['DDS ', 0, 'a DDS file', CONVERT],
  ['qoif', 0, 'a QOI file', CONVERT],
  ['%PDF-', 0, 'a PDF document', RENDER],
  ['%!PS', 0, 'a PostScript document', RENDER],
  ['PK\x03\x04', 0, 'a ZIP archive', UNPACK],
  ['PK\x05\x06', 0, 'an empty ZIP archive', 'give a folder of images'],
  ['\x1f\x8b', 0, 'a gzip archive', UNPACK],
  ['BZh', 0, 'a bzip2 archive', UNPACK],
  ['\xfd7zXZ\0', 0, 'an xz archive', UNPACK],
  ['\x28\xb5\x2f\xfd', 0, 'a Zstandard archive', UNPACK],
  ['7z\xbc\xaf\x27\x1c', 0, 'a 7z archive', UNPACK],
  ['Rar!\x1a\x07', 0, 'a RAR archive', UNPACK],
  ['ustar', 257, 'a tar archive', UNPACK],
  ['\x89HDF\r\n\x1a\n', 0, 'an HDF5 file', 'write its images as files and give their folder'],
  ['\x93NUMPY', 0, 'a NumPy array', 'write its images as files and give their folder'],
  ['\x1aE\xdf\xa3', 0, 'a film (Matroska or WebM)', FRAMES],
  ['AVI ', 8, 'a film (AVI)', FRAMES],
  ['\0\0\x01\xba', 0, 'a film (MPEG)', FRAMES],
  ['\0\0\x01\xb3', 0, 'a film (MPEG)', FRAMES],
  ['FLV\x01', 0, 'a film (FLV)', FRAMES],
  ['0&\xb2u\x8ef\xcf\x11', 0, 'a film (Windows Media)', FRAMES],
  ['moov', 4, 'a film (QuickTime)', FRAMES],
  ['mdat', 4, 'a film (QuickTime)', FRAMES],
  ['RIFF', 0, 'a RIFF file that holds no image', 'check where it came from'],
];

const heif = /^(heic|heix|heim|heis|hevc|hevx|hevm|hevs|mif1|msf1)$/;

/** ISO 14496-12: the brands of a `ftyp` box, the major one first. */
function brandsOf(start: string, bytes: Uint8Array): string[] {
  const end = Math.min(start.length, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0));
  const brands = [start.slice(8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(start.slice(at, at + 4));
  return brands;
}

function isoKind(brands: readonly string[]): FileKind {
  if (brands.some((brand) => brand === 'avif' || brand === 'avis')) return { what: 'an AVIF image', format: 'avif', advice: IMAGE_FOLDER };
  const [major = ''] = brands;
  if (heif.test(major)) return { what: 'a HEIC file', format: undefined, advice: CONVERT };
  if (major === 'crx ') return { what: 'a raw photograph', format: undefined, advice: CONVERT };
  if (major.startsWith('M4A')) return { what: 'a sound file', format: undefined, advice: 'give images' };
  return { what: major === 'qt  ' ? 'a film (QuickTime)' : 'a film (MP4)', format: undefined, advice: FRAMES };
}

/** Text formats, by what stands in the first lines. */
function textKind(start: string): FileKind | undefined {
  // In UTF-16 every other byte of such text is zero.
  const text = start.replace(/^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '').replaceAll('\0', '');
  const other = (what: string, advice: string): FileKind => ({ what, format: undefined, advice });
  if (/<svg[\s>]/i.test(text)) return other('an SVG drawing', RENDER);
  if (/^\s*(<!doctype html|<html)/i.test(text)) return other('a web page', 'download the file itself');
  if (/^P[1-7]\s+(#[^\n]*\n|\s)*(\d|WIDTH)/.test(start)) return other('a PNM file', CONVERT);
  if (start.startsWith('version https://git-lfs')) return other('a pointer of Git LFS', 'fetch the file itself (git lfs pull)');
  return undefined;
}

/** What a file is, by its first `FILE_KIND_BYTES` bytes (or all that it has); undefined for one that is not recognized. */
export function fileKindOf(bytes: Uint8Array): FileKind | undefined {
  const head = bytes.subarray(0, FILE_KIND_BYTES);
  const start = String.fromCharCode(...head);
  if (head.length >= 12 && start.startsWith('ftyp', 4)) return isoKind(brandsOf(start, head));
  const found = signatures.find(([signature, at]) => start.startsWith(signature, at));
  if (found === undefined) return textKind(start);
  const [, , what, advice, format] = found;
  return { what, format, advice };
}
