import { crc32 } from 'node:zlib';
import type { Entry, ZipFile } from 'yauzl';
import { MicronnError, unreadable } from '../../errors.ts';
import { type InputBytes, MOST_UNPACKED } from './input-bytes.ts';
import { byBase, type InputFile, type InputFolder, isLeftBySystem } from './input-folder.ts';

/** More files than any set of small images has. */
const MOST_ENTRIES = 4_000_000;

/** An open archive. */
export interface ZipArchive {
  readonly top: InputFolder;
  close(): void;
}

/**
 * Opens a ZIP archive, by yauzl: its directory is read, and its files when they are needed.
 *
 * @throws MicronnError (ARCHIVE_DAMAGED) when it is not a whole archive
 */
export async function openZip({ file, name }: InputBytes & { readonly file: string }): Promise<ZipArchive> {
  const { default: yauzl } = await import('yauzl');
  let zip: ZipFile | undefined;
  try {
    const opened = await yauzl.openPromise(file, { autoClose: false });
    zip = opened;
    if (opened.entryCount > MOST_ENTRIES) throw new Error(`more than ${MOST_ENTRIES} files`);
    const top = createFolder(name, '');
    for await (const entry of opened.eachEntry()) add(top, name, opened, entry);
    return { top: top.folder, close: () => opened.close() };
  } catch (cause) {
    zip?.close();
    throw archiveFailure(name, cause);
  }
}

function archiveFailure(name: string, cause: unknown): MicronnError {
  if (cause instanceof MicronnError) return cause;
  if (cause instanceof Error && 'syscall' in cause) return unreadable(name, cause);
  const what = cause instanceof Error ? cause.message : String(cause);
  return new MicronnError(
    'ARCHIVE_DAMAGED',
    `truncated or damaged ZIP archive: ${what}`,
    { file: name },
    { cause },
  );
}

/** A folder while its archive's directory is read. */
interface GrowingFolder {
  readonly folder: InputFolder;
  readonly files: InputFile[];
  readonly folders: Map<string, GrowingFolder>;
}

function createFolder(name: string, base: string): GrowingFolder {
  const files: InputFile[] = [];
  const folders = new Map<string, GrowingFolder>();
  const folder: InputFolder = {
    name,
    base,
    list: async () => ({
      files: files.toSorted(byBase),
      folders: [...folders.values()].map((inner) => inner.folder).toSorted(byBase),
    }),
  };
  return { folder, files, folders };
}

function add(top: GrowingFolder, archive: string, zip: ZipFile, entry: Entry): void {
  const parts = entry.fileName.split('/').filter((part) => part !== '');
  if (parts.length === 0 || parts.some(isLeftBySystem)) return;
  const isFolder = entry.fileName.endsWith('/');
  const above = isFolder ? parts : parts.slice(0, -1);
  let place = top;
  for (const [k, base] of above.entries()) {
    let inner = place.folders.get(base);
    if (!inner) {
      inner = createFolder(`${archive}: ${above.slice(0, k + 1).join('/')}`, base);
      place.folders.set(base, inner);
    }
    place = inner;
  }
  if (isFolder) return;
  const bytes = entryBytes(`${archive}: ${parts.join('/')}`, zip, entry);
  place.files.push({ base: parts.at(-1)!, bytes: async () => bytes });
}

function entryBytes(name: string, zip: ZipFile, entry: Entry): InputBytes {
  // The archive's directory may claim any size.
  const most = Math.min(entry.uncompressedSize, entry.compressedSize * MOST_UNPACKED);
  return { name, most, open: () => entryChunks(name, zip, entry) };
}

async function* entryChunks(name: string, zip: ZipFile, entry: Entry): AsyncGenerator<Buffer> {
  if (entry.isEncrypted()) {
    throw new MicronnError(
      'ARCHIVE_DAMAGED',
      'the file is encrypted: unpack the archive with its password first',
      {
        file: name,
      },
    );
  }
  if (!entry.canDecodeFileData()) {
    throw new MicronnError(
      'ARCHIVE_DAMAGED',
      `packed with method ${entry.compressionMethod}, which is not supported: unpack the archive first`,
      { file: name },
    );
  }
  let sum = 0;
  try {
    for await (const chunk of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
      sum = crc32(chunk, sum);
      yield chunk;
    }
  } catch (cause) {
    throw archiveFailure(name, cause);
  }
  // A reader that stops early does not come here.
  if (sum !== entry.crc32) throw archiveFailure(name, new Error('wrong checksum'));
}
