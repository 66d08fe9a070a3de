import { isIdx } from './idx.ts';
import { isNpy } from './npy.ts';

/** What a file is, by its first bytes; what people call it is in {@link kindText}. */
export type FileKind =
  | 'empty'
  | 'gzip'
  | 'zip'
  | 'idx'
  | 'npy'
  | 'parquet'
  | 'png'
  | 'jpeg'
  | 'other image'
  | 'hdf5'
  | 'matlab'
  | 'pickle'
  | 'html'
  | 'lfs pointer'
  | 'tar'
  | '7z'
  | 'rar'
  | 'xz'
  | 'bzip2'
  | 'zstd'
  | 'sqlite'
  | 'arrow'
  | 'pdf'
  | 'excel'
  | 'text'
  | 'binary';

/** The bytes that {@link fileKind} looks at: a tar archive says what it is at byte 257. */
export const KIND_BYTES = 512;

/** How files begin, as Latin-1. */
const signatures: readonly (readonly [FileKind, string])[] = [
  ['gzip', '\x1f\x8b'],
  ['zip', 'PK\x03\x04'],
  ['zip', 'PK\x05\x06'],
  ['parquet', 'PAR1'],
  ['png', '\x89PNG\r\n\x1a\n'],
  ['jpeg', '\xff\xd8\xff'],
  ['other image', 'GIF8'],
  ['other image', 'RIFF'],
  ['other image', 'BM'],
  ['other image', 'II*\0'],
  ['other image', 'MM\0*'],
  ['hdf5', '\x89HDF\r\n\x1a\n'],
  ['matlab', 'MATLAB 5.0'],
  ['7z', '7z\xbc\xaf\x27\x1c'],
  ['rar', 'Rar!\x1a\x07'],
  ['xz', '\xfd7zXZ\0'],
  ['bzip2', 'BZh'],
  ['zstd', '\x28\xb5\x2f\xfd'],
  ['sqlite', 'SQLite format 3\0'],
  ['arrow', 'ARROW1'],
  ['pdf', '%PDF'],
  ['excel', '\xd0\xcf\x11\xe0'],
  ['lfs pointer', 'version https://git-lfs.github.com/spec/'],
];

/**
 * Recognises a file by its content.
 *
 * @param start its first {@link KIND_BYTES} bytes, or all that there are
 */
export function fileKind(start: Uint8Array): FileKind {
  if (start.length === 0) return 'empty';
  if (isIdx(start)) return 'idx';
  if (isNpy(start)) return 'npy';
  const text = String.fromCharCode(...start.subarray(0, KIND_BYTES));
  const signature = signatures.find(([kind, first]) => text.startsWith(first) && isWhole(kind, start));
  if (signature) return signature[0];
  if (text.startsWith('ustar', 257)) return 'tar';
  // A pickle names its protocol, and numbers its first frame or object.
  if (start[0] === 0x80 && start[1]! >= 2 && start[1]! <= 5) return 'pickle';
  if (/^(\u00ef\u00bb\u00bf)?\s*<(!doctype|html|head|body|error|\?xml)\b/i.test(text)) return 'html';
  return isText(start) ? 'text' : 'binary';
}

/** Signatures of two letters could begin a text: a text goes on with other letters. */
function isWhole(kind: FileKind, start: Uint8Array): boolean {
  return kind !== 'other image' && kind !== 'bzip2' ? true : !isText(start);
}

const UTF_16 = [
  [0xff, 0xfe],
  [0xfe, 0xff],
];

/** Whether bytes are text: no control characters but tabs and line ends, unless a mark says that they are UTF-16. */
function isText(start: Uint8Array): boolean {
  if (UTF_16.some(([one, other]) => start[0] === one && start[1] === other)) return true;
  return start.every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d));
}

/** What people call a file of a kind, after "is" or "got". */
export const kindText: Readonly<Record<FileKind, string>> = {
  empty: 'an empty file',
  gzip: 'a gzip file',
  zip: 'a ZIP archive',
  idx: 'an IDX file',
  npy: 'a NumPy array',
  parquet: 'a Parquet file',
  png: 'a single PNG image',
  jpeg: 'a single JPEG image',
  'other image': 'an image that is neither PNG nor JPEG',
  hdf5: 'an HDF5 file',
  matlab: 'a Matlab file',
  pickle: 'a Python pickle',
  html: 'a web page (HTML or XML)',
  'lfs pointer': 'a pointer of Git LFS',
  tar: 'a tar archive',
  '7z': 'a 7z archive',
  rar: 'a RAR archive',
  xz: 'a file packed with xz',
  bzip2: 'a file packed with bzip2',
  zstd: 'a file packed with zstd',
  sqlite: 'an SQLite database',
  arrow: 'an Arrow file',
  pdf: 'a PDF',
  excel: 'an Excel workbook',
  text: 'a text',
  binary: 'a file of an unknown kind',
};
