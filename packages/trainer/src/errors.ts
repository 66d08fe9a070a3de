/**
 * The errors of the command line: each has a stable code, the exit code of its family, and one sentence.
 */

export type Family = 'options' | 'data' | 'diverged' | 'workers' | 'model' | 'interrupted' | 'unexpected';

/** Exit codes of the command line's contract. */
export const exitCodes: Readonly<Record<Family, number>> = {
  options: 2,
  data: 3,
  diverged: 4,
  workers: 5,
  model: 6,
  interrupted: 130,
  /** Internal error. */
  unexpected: 1,
};

/** Each error code with its family, which determines the exit code. A code never changes its meaning. */
export const families = {
  OPTION_UNKNOWN: 'options',
  OPTION_VALUE: 'options',
  CONFIG_FILE: 'options',
  COMMAND_LINE: 'options',
  OPTION_CONFLICT: 'options',
  RUN_FOLDER: 'options',
  EXPORT_FILE: 'options',
  BENCH_FILE: 'options',
  OUTPUT: 'options',
  PEERS_INSTALL: 'options',
  WORKING_FOLDER: 'options',
  OPEN_FILES: 'options',
  ENGINE: 'options',
  INSTALLATION: 'options',
  DATA_NOT_FOUND: 'data',
  DATA_UNREADABLE: 'data',
  DATA_KIND: 'data',
  DATA_SPLIT: 'data',
  DATA_SIZES: 'data',
  DATA_CHANGED: 'data',
  DATA_TOO_LARGE: 'data',
  DATA_SCALE: 'data',
  DATA_CLASSES: 'data',
  DATA_LABELS: 'data',
  DATA_SEVERAL: 'data',
  ARCHIVE_DAMAGED: 'data',
  ARRAY_FORMAT: 'data',
  PARQUET_FORMAT: 'data',
  GZIP_DAMAGED: 'data',
  CSV_EMPTY: 'data',
  CSV_HEADER: 'data',
  CSV_COLUMNS: 'data',
  CSV_LABEL: 'data',
  CSV_PIXEL: 'data',
  CSV_QUOTES: 'data',
  CSV_RECORD_SIZE: 'data',
  TABLE_FORM: 'data',
  IDX_MAGIC: 'data',
  IDX_COUNT: 'data',
  IDX_LENGTH: 'data',
  IDX_MISMATCH: 'data',
  IMAGE_KIND: 'data',
  IMAGE_SIZE: 'data',
  IMAGE_DAMAGED: 'data',
  IMAGE_COLOUR: 'data',
  IMAGE_NO_INK: 'data',
  IMAGE_PAPER: 'data',
  DIVERGED: 'diverged',
  WORKERS_FAILED: 'workers',
  MODEL_NOT_FOUND: 'model',
  MODEL_DAMAGED: 'model',
  MODEL_KIND: 'model',
  MODEL_AMBIGUOUS: 'model',
  MODEL_SHAPE: 'model',
  MODEL_TOO_LARGE: 'model',
  MODEL_OVERFLOW: 'model',
  CHECKPOINT_DAMAGED: 'model',
  INTERRUPTED: 'interrupted',
  UNEXPECTED: 'unexpected',
} as const satisfies Record<string, Family>;

export type ErrorCode = keyof typeof families;

/** The place of an error in the input. Lines and columns count from 1; a column of a CSV is a field. */
export interface Place {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** An error for the user. The message is one sentence, preceded by the place. */
export class MicronnError extends Error {
  override readonly name = 'MicronnError';
  readonly code: ErrorCode;
  /** The message without the place. */
  readonly sentence: string;
  readonly place: Place;

  /** @param sentence what is wrong and what to do, without the place */
  constructor(code: ErrorCode, sentence: string, place: Place = {}, options: ErrorOptions = {}) {
    super(describePlace(place) + sentence, options);
    this.code = code;
    this.sentence = sentence;
    this.place = place;
  }

  get exitCode(): number {
    return exitCodes[families[this.code]];
  }
}

function describePlace({ file, line, column }: Place): string {
  const parts: string[] = [];
  if (file !== undefined) parts.push(file);
  if (line !== undefined) parts.push(`line ${line}`);
  if (column !== undefined) parts.push(`column ${column}`);
  return parts.length === 0 ? '' : `${parts.join(', ')}: `;
}

/** The `code` of a Node error, as `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** The error for a file that could not be opened or read. */
export function unreadable(file: string, cause: unknown): MicronnError {
  switch (systemCode(cause)) {
    case 'ENOENT':
      return new MicronnError('DATA_NOT_FOUND', 'file or folder not found', { file }, { cause });
    case 'EISDIR':
      return new MicronnError(
        'DATA_UNREADABLE',
        'expected a file, but this is a folder',
        { file },
        { cause },
      );
    case 'EACCES':
    case 'EPERM':
      return new MicronnError('DATA_UNREADABLE', 'permission denied', { file }, { cause });
    default:
      return new MicronnError(
        'DATA_UNREADABLE',
        `cannot read the file: ${cause instanceof Error ? cause.message : String(cause)}`,
        { file },
        { cause },
      );
  }
}

/** The error of a reading that a signal ended. */
export function interrupted(file: string, cause: unknown): MicronnError {
  return new MicronnError('INTERRUPTED', 'interrupted while reading', { file }, { cause });
}
