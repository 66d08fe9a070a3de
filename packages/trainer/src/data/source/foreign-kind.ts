import { type FileKind, kindText } from '@micronn/core/data';
import { MicronnError } from '../../errors.ts';

/** What to do with files of kinds that are not read. */
const advice: Partial<Readonly<Record<FileKind, string>>> = {
  empty: 'expected images and labels',
  html: 'the download gave a page instead of the data: download it again, from the address of the file itself',
  'lfs pointer': 'fetch the data itself with git lfs pull',
  zip: 'unpack it first, with unzip',
  tar: 'unpack it first, with tar -xf',
  '7z': 'unpack it first, with 7z x',
  rar: 'unpack it first, with unrar x',
  xz: 'unpack it first, with unxz',
  bzip2: 'unpack it first, with bunzip2',
  zstd: 'unpack it first, with unzstd',
  hdf5: 'save its arrays with numpy.savez("data.npz", x_train=…, y_train=…) first',
  matlab: 'save its arrays with scipy.io.loadmat and numpy.savez("data.npz", x_train=…, y_train=…) first',
  pickle:
    'a pickle can run any program: save its arrays with numpy.savez("data.npz", x_train=…, y_train=…) first',
  sqlite: 'export its table as CSV first',
  arrow: 'save it as Parquet first',
  excel: 'save its sheet as CSV first',
  png: 'give the folder of all images to train, or classify this one with micronn predict',
  jpeg: 'give the folder of all images to train, or classify this one with micronn predict',
  'other image': 'save images as PNG or JPEG first',
};

/** Whether there is something to do with files of a kind before they are data. */
export function isForeign(kind: FileKind): boolean {
  return (
    kind !== 'empty' &&
    kind !== 'png' &&
    kind !== 'jpeg' &&
    kind !== 'zip' &&
    kind !== 'tar' &&
    advice[kind] !== undefined
  );
}

/** The error for a file of a kind that is not read. */
export function foreignKind(file: string, kind: FileKind): MicronnError {
  const what = advice[kind] ?? 'expected IDX, NumPy, Parquet or CSV, or an archive of these';
  return new MicronnError('DATA_KIND', `this is ${kindText[kind]}: ${what}`, { file });
}
