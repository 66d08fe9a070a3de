import { MicronnError } from '../errors.ts';
import { readInput } from '../files/read-input.ts';
import { checkOptions, type DefinedOptions } from './option-schema.ts';

/** More than any configuration needs. */
const MOST_BYTES = 2 ** 20;

/**
 * Reads the options in a configuration file. A name may be spelled as a flag (batch-size) or as in config.json
 * (batchSize).
 *
 * @param file a regular file or a pipe
 * @param signal ends the waiting for a pipe
 * @throws MicronnError (exit code 2) when the file cannot be read, or an option in it is wrong
 */
export async function readConfigFile(file: string, signal?: AbortSignal): Promise<DefinedOptions> {
  const options = await readObject(file, signal);
  const camelCased: Record<string, unknown> = {};
  for (const [written, value] of Object.entries(options)) {
    const key = written.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (Object.hasOwn(camelCased, key)) {
      throw new MicronnError('OPTION_CONFLICT', `option ${key} appears twice, in two spellings`, { file });
    }
    camelCased[key] = value;
  }
  return checkOptions(camelCased, (key) => key, file);
}

async function readObject(file: string, signal: AbortSignal | undefined): Promise<Record<string, unknown>> {
  const bytes = await readInput(file, { mostBytes: MOST_BYTES, signal }).catch((cause: unknown) => {
    if (!(cause instanceof MicronnError) || cause.code === 'INTERRUPTED') throw cause;
    const sentence = `cannot read the --config file: ${cause.sentence}`;
    throw new MicronnError('CONFIG_FILE', sentence, { file }, { cause });
  });
  // Editors on Windows write a byte order mark.
  const json = bytes.toString().replace(/^\uFEFF/, '');
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (cause) {
    throw new MicronnError(
      'CONFIG_FILE',
      `the --config file is not valid JSON: ${(cause as Error).message}`,
      { file },
      { cause },
    );
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new MicronnError('CONFIG_FILE', 'the --config file must contain a JSON object of options', {
      file,
    });
  }
  assertKeys(file, json);
  return parsed as Record<string, unknown>;
}

/**
 * Checks the keys of a configuration, because `JSON.parse` keeps the last of two, and `__proto__` sets no property.
 *
 * @param json a valid JSON object
 */
function assertKeys(file: string, json: string): void {
  const lines = new Map<string, number>();
  for (const { key, line } of outerKeys(json)) {
    const before = lines.get(key);
    if (before !== undefined || key === '__proto__') {
      const what = before === undefined ? 'is no option' : `appears twice, the first time on line ${before}`;
      throw new MicronnError('CONFIG_FILE', `key ${JSON.stringify(key)} ${what}`, { file, line });
    }
    lines.set(key, line);
  }
}

/** The keys of the outermost object of valid JSON; an option is never an object. */
function* outerKeys(json: string): Generator<{ key: string; line: number }> {
  let line = 1;
  let level = 0;
  for (const [token, text, colon] of json.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\]\n]/g)) {
    if (text !== undefined) {
      if (colon !== undefined && level === 1) yield { key: JSON.parse(text) as string, line };
      line += (colon ?? '').split('\n').length - 1;
    } else if (token === '\n') line++;
    else level += token === '{' || token === '[' ? 1 : -1;
  }
}
