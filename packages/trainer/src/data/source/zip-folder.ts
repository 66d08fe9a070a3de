import { crc32 } from 'node:zlib';
import type { Entry, ZipFile } from 'yauzl';
import { MicronnError, unreadable } from '../../errors.ts';
import { type Archive, type ArchiveTree, createArchiveTree } from './archive-tree.ts';
import { type InputBytes, MOST_UNPACKED } from './input-bytes.ts';

/** More files than any set of small images has. */
const MOST_ENTRIES = 4_000_000;

/**
 * Opens a ZIP archive, by yauzl: its directory is read, and its files when they are needed.
 *
 * @throws MicronnError (ARCHIVE_DAMAGED) when it is not a whole archive
 */
export async function openZip({ file, name }: InputBytes & { readonly file: string }): Promise<Archive> {
  const { default: yauzl } = await import('yauzl');
  let zip: ZipFile | undefined;
  try {
    const opened = await yauzl.openPromise(file, { autoClose: false });
    zip = opened;
    if (opened.entryCount > MOST_ENTRIES) throw new Error(`more than ${MOST_ENTRIES} files`);
    const tree = createArchiveTree(name);
    for await (const entry of opened.eachEntry()) add(tree, name, opened, entry);
    return { top: tree.top, close: () => opened.close() };
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

function add(tree: ArchiveTree, archive: string, zip: ZipFile, entry: Entry): void {
  if (entry.fileName.endsWith('/')) return;
  tree.add(entry.fileName, entryBytes(`${archive}: ${entry.fileName}`, zip, entry));
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
