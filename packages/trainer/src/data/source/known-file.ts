import { parseArrayName } from '@micronn/core/data';
import { isIdxName } from './idx-name.ts';
import { type KnownBytes, recognise } from './input-bytes.ts';
import type { InputFile } from './input-folder.ts';

/** A file of a folder, recognised. */
export interface KnownFile {
  readonly file: InputFile;
  readonly known: KnownBytes;
}

/** Whether the name of a file is that of a table, an array or an archive. */
export function isDataName(base: string): boolean {
  return isIdxName(base) || isTableName(base) || /\.(npy|npz|parquet|zip|tar|tgz)(\.gz)?$/i.test(base);
}

/** Whether the name of a file is that of a table of text. */
export function isTableName(base: string): boolean {
  return /\.(csv|tsv|arff|libsvm|svm|data)(\.gz)?$/i.test(base);
}

/** Recognises the files whose names may be those of data. */
export async function recogniseAll(files: readonly InputFile[]): Promise<KnownFile[]> {
  const known: KnownFile[] = [];
  for (const file of files) {
    // A list, a licence or a program beside the data may be anything, even a pipe.
    if (!isDataName(file.base) && !mayBeData(file.base)) continue;
    known.push({ file, known: await recognise(await file.bytes()) });
  }
  return known;
}

/** Whether a file without a known name may be an array or a table, by its name. */
function mayBeData(base: string): boolean {
  const { set, role } = parseArrayName(base);
  return (
    (set !== undefined || role !== undefined) && !/\.(md|py|ipynb|json|html?|pdf|txt|pt|pkl)$/i.test(base)
  );
}
