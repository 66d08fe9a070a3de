import { labelText } from './classes.ts';
import type { NamesByLabel } from './known-names.ts';
import { DataFormatError } from './number-type.ts';

/** Names of classes: by label, or in the order of the classes. */
export type LabelNames =
  | { readonly byLabel: NamesByLabel; readonly inOrder?: undefined }
  | { readonly inOrder: readonly string[]; readonly byLabel?: undefined };

/**
 * Parses a file of class names.
 *
 * | file | meaning |
 * | --- | --- |
 * | one name per line | the names in the order of the classes |
 * | a label and a name per line, parted by a blank, a tab or a comma | names by label |
 * | three whole numbers per line, EMNIST's mapping: class, code of the capital, code of the small letter | the characters, `A/a` where they differ |
 * | two whole numbers per line, in a file called a mapping | the character of the second, a code |
 * | JSON: an array | the names in the order of the classes |
 * | JSON: an object with labels as keys, or names as keys and labels as values as Keras writes | names by label |
 *
 * @param text the content of the file
 * @param file its name, which tells a mapping of codes
 * @throws DataFormatError when it is none of these, is empty, or names a label twice
 */
export function parseLabelNames(text: string, file: string): LabelNames {
  const content = text.replace(/^\uFEFF/, '').trim();
  if (content === '') throw new DataFormatError('expected names of classes, got an empty file');
  return /^[[{]/.test(content) ? fromJson(content) : fromLines(content.split(/\r\n|\n|\r/), file);
}

function fromJson(content: string): LabelNames {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (cause) {
    throw new DataFormatError(`invalid JSON: ${(cause as Error).message}`, { cause });
  }
  if (Array.isArray(value)) return { inOrder: value.map(nameOf) };
  const entries = Object.entries(value as Record<string, unknown>);
  if (entries.length === 0) throw new DataFormatError('expected names of classes, got an empty object');
  // Keras's class_indices: {"cat": 0, "dog": 1}.
  const isInverted = entries.every(([key, label]) => Number.isSafeInteger(label) && !/^-?\d+$/.test(key));
  return byLabel(entries.map(([key, label]) => (isInverted ? [String(label), key] : [key, nameOf(label)])));
}

function nameOf(value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  if (typeof value === 'number') return String(value);
  throw new DataFormatError(`expected a name, got ${JSON.stringify(value)}`);
}

function fromLines(lines: readonly string[], file: string): LabelNames {
  const filled = lines.map((line) => line.trim()).filter((line) => line !== '');
  const parts = filled.map((line) => line.split(/\s*[,\t]\s*|\s+/));
  const areNumbers = parts.every((fields) => fields.every((field) => /^-?\d+$/.test(field)));
  if (areNumbers && parts.every((fields) => fields.length === 3)) return byLabel(parts.map(characters));
  const isMapping = /mapping/i.test(file) && parts.every((fields) => fields.length === 2);
  if (areNumbers && isMapping) return byLabel(parts.map(characters));
  const pairs = filled.map((line) => /^("?)(-?\d+)\1\s*[\s,:]\s*(.+)$/.exec(line));
  if (pairs.every((pair) => pair !== null)) {
    return byLabel(pairs.map((pair) => [pair[2]!, pair[3]!.replace(/^"(.*)"$/, '$1')]));
  }
  return { inOrder: filled };
}

/** A line of EMNIST's mapping: a class and the codes of its characters. */
function characters([label = '', ...codes]: readonly string[]): [label: string, name: string] {
  const names = codes.map((code) => {
    const point = Number(code);
    if (point < 0x20 || point > 0x10_ff_ff) {
      throw new DataFormatError(`expected the code of a character for class ${label}, got ${code}`);
    }
    return String.fromCodePoint(point);
  });
  return [label, [...new Set(names)].join('/')];
}

function byLabel(pairs: readonly (readonly [label: string, name: string])[]): LabelNames {
  const names = new Map<string, string>();
  for (const [written, name] of pairs) {
    const label = labelText(written);
    if (names.has(label)) throw new DataFormatError(`label ${JSON.stringify(label)} is named twice`);
    names.set(label, name);
  }
  return { byLabel: Object.fromEntries(names) };
}
