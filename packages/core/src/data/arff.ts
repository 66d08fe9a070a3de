import { TableError } from './table-error.ts';

/** What stands before the rows of an ARFF file. */
export interface ArffHeader {
  readonly relation: string;
  readonly names: readonly string[];
  /** The columns of nominal attributes, and their first value, which sparse rows leave out. */
  readonly nominal: Readonly<Record<number, string>>;
  /** The number of lines up to and with `@data`. */
  readonly lines: number;
}

const UNQUOTED = /^(['"])(.*)\1$/;

/**
 * Reads the header of an ARFF file, as Weka and OpenML write it (https://waikato.github.io/weka-wiki/formats_and_processing/arff_stable/).
 *
 * @param lines the first lines of the file
 * @returns undefined if there is no `@data` among them
 * @throws TableError for an attribute that is not one
 */
export function parseArff(lines: readonly string[]): ArffHeader | undefined {
  let relation = '';
  const names: string[] = [];
  const nominal: Record<number, string> = {};
  for (const [k, line] of lines.entries()) {
    const [, keyword = '', rest = ''] = /^\s*@(\w+)\s*(.*?)\s*$/.exec(line) ?? [];
    switch (keyword.toLowerCase()) {
      case 'relation':
        relation = rest.replace(UNQUOTED, '$2');
        break;
      case 'attribute': {
        const [, quoted, bare, type] =
          /^(?:'((?:[^'\\]|\\.)*)'|([^\s'{]+))\s*(\S.*)$/.exec(rest.replaceAll('"', "'")) ?? [];
        if (type === undefined) {
          throw new TableError('CSV_HEADER', 'expected @attribute, a name and a type', { line: k + 1 });
        }
        if (type.startsWith('{')) {
          const first = type.slice(1).split(/[,}]/, 1)[0]!.trim();
          nominal[names.length] = first.replace(UNQUOTED, '$2');
        }
        names.push(quoted ?? bare!);
        break;
      }
      case 'data':
        return { relation, names, nominal, lines: k + 1 };
    }
  }
  return undefined;
}
