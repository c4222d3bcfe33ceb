/**
 * Files as they are kept: by their bytes. WebKit takes no files into its database in private windows, and elsewhere loses one that
 * is put where it came from.
 */

export interface KeptFile {
  readonly bytes: ArrayBuffer;
  readonly name: string;
  readonly type: string;
}

export const pack = async (file: Blob): Promise<KeptFile> => ({ bytes: await file.arrayBuffer(), name: file instanceof File ? file.name : '', type: file.type });

export const unpack = ({ bytes, name, type }: KeptFile): File => new File([bytes], name, { type });
