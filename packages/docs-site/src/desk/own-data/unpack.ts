import { fileKind, KIND_BYTES } from '@micronn/core/data';
import { MOST_BYTES, type OwnBytes, OwnDataError, type OwnFile } from './own-data.ts';

/** What an archive or a compressed file was, for the line that says what was understood. */
export interface Unpacked {
  readonly files: readonly OwnBytes[];
  readonly told: readonly ('gzip' | 'zip')[];
}

/** Files that systems leave in folders and archives: `.DS_Store`, `__MACOSX/`, `Thumbs.db`. */
const LEFTOVER = /(^|\/)(\.|__MACOSX\/|Thumbs\.db$)/;

/**
 * Reads files into memory, and unpacks gzip and zip by their content.
 *
 * @throws OwnDataError if they are damaged or take more than 256 MB
 */
export async function unpack(files: readonly OwnFile[]): Promise<Unpacked> {
  const kept = files.filter(({ path }) => !LEFTOVER.test(path));
  const total = kept.reduce((sum, { blob }) => sum + blob.size, 0);
  if (total > MOST_BYTES) throw tooLarge('the files');
  const found: OwnBytes[] = [];
  const told = new Set<'gzip' | 'zip'>();
  for (const { path, blob } of kept) {
    let bytes: Uint8Array<ArrayBuffer> = new Uint8Array(await blob.arrayBuffer());
    if (fileKind(bytes.subarray(0, KIND_BYTES)) === 'gzip') {
      told.add('gzip');
      bytes = await gunzip(path, bytes);
    }
    if (fileKind(bytes.subarray(0, KIND_BYTES)) === 'zip') {
      told.add('zip');
      for (const inner of await unzip(path, bytes)) {
        const isGzip = fileKind(inner.bytes.subarray(0, KIND_BYTES)) === 'gzip';
        found.push(isGzip ? { ...inner, bytes: await gunzip(inner.path, inner.bytes) } : inner);
      }
    } else found.push({ path, bytes });
  }
  return { files: found, told: [...told] };
}

function tooLarge(what: string): OwnDataError {
  return new OwnDataError(
    `${what} have more than ${MOST_BYTES / 2 ** 20} MB: the command line reads larger ones`,
  );
}

async function gunzip(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let total = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      total += value.length;
      if (total > MOST_BYTES) {
        await reader.cancel();
        throw tooLarge(`the unpacked bytes of ${path}`);
      }
      parts.push(value);
    }
  } catch (cause) {
    if (cause instanceof OwnDataError) throw cause;
    throw new OwnDataError(`${path}: the gzip file is damaged or truncated`, { cause });
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

async function unzip(path: string, bytes: Uint8Array): Promise<OwnBytes[]> {
  const { unzipSync } = await import('fflate');
  let total = 0;
  try {
    const entries = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (name.endsWith('/') || LEFTOVER.test(name)) return false;
        total += originalSize;
        if (total > MOST_BYTES) throw tooLarge(`the unpacked files of ${path}`);
        return true;
      },
    });
    return Object.entries(entries).map(([name, content]) => ({
      path: name,
      bytes: content,
    }));
  } catch (cause) {
    if (cause instanceof OwnDataError) throw cause;
    throw new OwnDataError(`${path}: the zip archive is damaged: ${(cause as Error).message}`, { cause });
  }
}
