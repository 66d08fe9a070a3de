import { Transform } from 'node:stream';

const QUOTE = 0x22;
const COMMA = 0x2c;
const CARRIAGE_RETURN = 0x0d;
const NEWLINE = 0x0a;

/**
 * Passes the bytes of a CSV on, and ends it within the first row with more than `most` fields, after `most + 1` fields.
 * The parser limits the characters of a row, but not its fields, and empty fields have no characters.
 */
export function createFieldLimit(most: number): Transform {
  let quoted = false;
  let commas = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      for (let i = 0; i < chunk.length && commas < most; i++) {
        const byte = chunk[i]!;
        if (byte === QUOTE) quoted = !quoted;
        else if (quoted) continue;
        else if (byte === NEWLINE || byte === CARRIAGE_RETURN) commas = 0;
        else if (byte === COMMA && ++commas === most) {
          this.push(chunk.subarray(0, i + 1));
          this.push(null);
        }
      }
      if (commas < most) done(null, chunk);
      // Before more bytes come, the reader can refuse the row and close the file.
      else setImmediate(done);
    },
  });
}
