import { readFile } from 'node:fs/promises';
import { MicronnError, systemCode } from '../errors.ts';
import { checkOptions, type DefinedOptions } from './option-schema.ts';

/**
 * Reads the options in a configuration file. A name may be spelled as a flag (batch-size) or as in config.json
 * (batchSize).
 *
 * @throws MicronnError (exit code 2) when the file cannot be read, or an option in it is wrong
 */
export async function readConfigFile(file: string): Promise<DefinedOptions> {
  const options = await readObject(file);
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

async function readObject(file: string): Promise<Record<string, unknown>> {
  const json = await readFile(file, 'utf8').catch((cause: unknown) => {
    const reason = { ENOENT: 'file not found', EISDIR: 'this is a folder' }[systemCode(cause) ?? ''];
    throw new MicronnError(
      'CONFIG_FILE',
      `cannot read the --config file: ${reason ?? (cause as Error).message}`,
      { file },
      { cause },
    );
  });
  let parsed: unknown;
  try {
    // Editors on Windows write a byte order mark.
    parsed = JSON.parse(json.replace(/^\uFEFF/, ''));
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
  return parsed as Record<string, unknown>;
}
