import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readRows } from './csv-rows.ts';
import { createFieldLimit } from './field-limit.ts';

async function limited(most: number, chunks: readonly string[]): Promise<string> {
  const stream = Readable.from(chunks.map((chunk) => Buffer.from(chunk))).pipe(createFieldLimit(most));
  return Buffer.concat(await stream.toArray()).toString();
}

describe('a CSV with a limit of fields', () => {
  test.each([
    ['a,b,c\nd,e,f\n', 'a,b,c\nd,e,f\n'],
    ['a,b,c\r\nd,e,f', 'a,b,c\r\nd,e,f'],
    ['a,b,c\rd,e,f', 'a,b,c\rd,e,f'],
    ['a,"b,c,d\n,,""",e\n', 'a,"b,c,d\n,,""",e\n'],
    ['a,b\nc,d,e,f,g\nh', 'a,b\nc,d,e,'],
    ['"a","\n","\n",,,,', '"a","\n","\n",'],
    [',,,,,', ',,,'],
  ])('of 3, %j becomes %j, however it is divided', async (text, passed) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(text.length), { maxLength: 4 }), async (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        const chunks = at.slice(1).map((end, k) => text.slice(at[k], end));
        expect(await limited(3, chunks)).toBe(passed);
      }),
      { numRuns: 20 },
    );
  });
});

describe('a row with far too many fields is refused, and little of it is read', () => {
  const row = `7${',0'.repeat(784)}\n`;
  test.each([
    ['a first row of commas', '', ',', 'CSV_COLUMNS', 1],
    ['a later row of commas', row, ',', 'CSV_COLUMNS', 2],
    ['an endless header', '', 'label,', 'CSV_HEADER', 1],
    ['empty quoted fields', row, '"",', 'CSV_COLUMNS', 2],
    ['quoted line ends between the commas', row, '"\n",,,,,,,,', 'CSV_COLUMNS', 1252],
  ])('%s', async (_, begin, repeated, code, line) => {
    let chunks = 0;
    async function* endless() {
      yield Buffer.from(begin + repeated);
      const chunk = Buffer.from(repeated.repeat(4096));
      // A reader that does not stop fails, and does not fill the memory of the machine.
      for (; chunks < 500; chunks++) {
        await setImmediate();
        yield chunk;
      }
    }
    const target = { labels: new Uint8Array(2), images: new Uint8Array(2 * 784), row: 0 };
    const part = { file: 'endless.csv', firstLine: 1, holdsFirstRow: true };
    const reading = readRows(Readable.from(endless(), { objectMode: false }), part, () => target);
    await expect(reading).rejects.toMatchObject({
      code,
      place: { line },
      message: expect.stringContaining('fields (a label and 784 pixels), got more than 10000'),
    });
    expect(chunks).toBeLessThan(50);
  });

  test('an earlier row that is wrong is reported first', async () => {
    const text = `7${',0'.repeat(783)},x\n${','.repeat(20_000)}`;
    const target = { labels: new Uint8Array(1), images: new Uint8Array(784), row: 0 };
    const part = { file: 'two.csv', firstLine: 1, holdsFirstRow: true };
    await expect(readRows(Readable.from([Buffer.from(text)]), part, () => target)).rejects.toMatchObject({
      code: 'CSV_PIXEL',
      place: { line: 1, column: 785 },
    });
  });
});
