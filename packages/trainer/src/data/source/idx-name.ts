import { type FileKind, kindText } from '@micronn/core/data';
import { MicronnError } from '../../errors.ts';
import { foreignKind } from './foreign-kind.ts';
import type { KnownBytes } from './input-bytes.ts';

/** Whether the name of a file or folder says IDX: `train-images-idx3-ubyte`, `t10k-labels.idx1-ubyte.gz`. */
export function isIdxName(base: string): boolean {
  return /[-._]idx\d[-._]/i.test(base);
}

/** Kinds that are surely no damaged IDX file. */
const others: readonly FileKind[] = ['html', 'lfs pointer', 'zip', '7z', 'rar', 'xz', 'bzip2', 'zstd', 'tar'];

/**
 * Checks that a file that is called IDX is IDX.
 *
 * @throws MicronnError with what it is
 */
export function assertIdxName(base: string, { bytes, kind, start }: KnownBytes): void {
  const file = bytes.name;
  const isImages = /[-._]idx3/i.test(base);
  const dimensions = Number(/[-._]idx(\d)/i.exec(base)![1]);
  const magic = start.length >= 4 ? start.readUInt32BE(0) : 0;
  if (kind === 'idx' && (magic & 0xff) === dimensions) return;
  if (kind === 'gzip') throw new MicronnError('DATA_KIND', 'expected an IDX file, got a gzip file', { file });
  if (others.includes(kind)) throw foreignKind(file, kind);
  const headerBytes = 4 + 4 * dimensions;
  if (start.length < 4) {
    throw new MicronnError(
      'IDX_LENGTH',
      `truncated header: expected ${headerBytes} bytes, got ${start.length}`,
      { file },
    );
  }
  const expected = `${0x800 + dimensions} for ${isImages ? 'images' : 'labels'}`;
  const got = kind === 'idx' || kind === 'binary' || kind === 'text' ? String(magic) : kindText[kind];
  throw new MicronnError('IDX_MAGIC', `wrong magic number: expected ${expected}, got ${got}`, { file });
}
