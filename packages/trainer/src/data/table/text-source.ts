import type { ByteSource } from '../source.ts';

/** The text of a table in UTF-8, without a byte-order mark. */
export interface TextSource extends ByteSource {
  /** Where the text begins in the bytes that `open` yields, and in the file, if there is one. */
  readonly begin: number;
  /** Whether `open` yields other bytes than those of the source. */
  readonly isDecoded: boolean;
}

/** The bytes at the start of a source, at least `least` if there are so many; a copy. */
export async function readBegin(source: ByteSource, least: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of source.open()) {
    chunks.push(Buffer.from(chunk));
    length += chunk.length;
    if (length >= least) break;
  }
  return Buffer.concat(chunks, length);
}

/** @param begin how the source begins: its byte-order mark shows the encoding */
export function asText(source: ByteSource, begin: Buffer): TextSource {
  if (begin[0] === 0xef && begin[1] === 0xbb && begin[2] === 0xbf) return at(source, 3);
  const isLittle = begin[0] === 0xff && begin[1] === 0xfe;
  const isBig = begin[0] === 0xfe && begin[1] === 0xff;
  if (!isLittle && !isBig) return at(source, 0);
  return {
    name: source.name,
    begin: 0,
    isDecoded: true,
    async *open() {
      const decoder = new TextDecoder(isLittle ? 'utf-16le' : 'utf-16be');
      for await (const chunk of source.open()) yield Buffer.from(decoder.decode(chunk, { stream: true }));
      yield Buffer.from(decoder.decode());
    },
  };
}

function at({ name, file, ...source }: ByteSource, begin: number): TextSource {
  return { name, ...(file !== undefined && { file }), open: () => source.open(), begin, isDecoded: false };
}
