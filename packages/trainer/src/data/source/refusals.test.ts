import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../../testing/temporary-folder.ts';
import { at, read } from '../../../test/source-files.ts';

test('a path that leads nowhere is not that above it', async () => {
  const missing = 'not found: expected mnist, a file or folder of data, or - for standard input';
  for (const typed of [
    'pictures/trian',
    'parquet/hub/train',
    'zip/nothing',
    'nothing',
    'zip/one-csv.zip/x.csv',
  ]) {
    await expect(read(at(typed))).rejects.toMatchObject({
      code: 'DATA_NOT_FOUND',
      place: { file: at(typed) },
    });
  }
  await expect(read(at('pictures/trian'))).rejects.toThrow(`${at('pictures/trian')}: ${missing}`);
  await expect(read(at('idx/train'))).rejects.toThrow('not found: its folder holds t10k-images-idx3-ubyte');
  await expect(read(at('small.png/x'))).rejects.toThrow(missing);
  await expect(read('fashion-mnist')).rejects.toThrow(`fashion-mnist: ${missing}`);
});

describe('what is not data is called what it is', () => {
  test.each<[string, string | Buffer, string, string]>([
    ['digits', '', 'DATA_KIND', 'this is an empty file: expected images and labels'],
    [
      'train-images-idx3-ubyte.gz',
      '<!DOCTYPE html>\n<html>',
      'DATA_KIND',
      'this is a web page (HTML or XML): the download gave a page instead of the data: download it again, from the address of the file itself',
    ],
    [
      'data.parquet',
      'version https://git-lfs.github.com/spec/v1\noid sha256:0\n',
      'DATA_KIND',
      'this is a pointer of Git LFS: fetch the data itself with git lfs pull',
    ],
    ['data.h5', '\x89HDF\r\n\x1a\n', 'DATA_KIND', 'this is an HDF5 file: save its arrays'],
    ['data.pkl', '\x80\x04\x95', 'DATA_KIND', 'this is a Python pickle: a pickle can run any program'],
    ['data.7z', '7z\xbc\xaf\x27\x1c', 'DATA_KIND', 'this is a 7z archive: unpack it first, with 7z x'],
    ['data.tar', `${'x'.padEnd(257, '\0')}ustar\0`, 'ARCHIVE_DAMAGED', 'truncated or damaged tar archive'],
    ['data.mat', 'MATLAB 5.0 MAT-file', 'DATA_KIND', 'this is a Matlab file'],
    ['data.zip', 'PK\x03\x04 and no more', 'ARCHIVE_DAMAGED', 'truncated or damaged ZIP archive'],
    ['data.parquet', 'PAR1 and no more', 'PARQUET_FORMAT', 'truncated or damaged Parquet file'],
    ['data', '\0\0\x08\x03\0\0', 'IDX_LENGTH', 'truncated header: expected 16 bytes, got 6'],
    ['data.npy', '\x93NUMPY\x01\0\x76\0{', 'ARRAY_FORMAT', 'truncated header: expected 128 bytes, got 11'],
  ])('%s', async (name, content, code, sentence) => {
    const file = path.join(await temporaryFolder(), name);
    await writeFile(file, typeof content === 'string' ? Buffer.from(content, 'latin1') : content);
    await expect(read(file)).rejects.toMatchObject({
      code,
      place: { file },
      sentence: expect.stringContaining(sentence) as string,
    });
  });

  test('arrays of objects, of NaN and pixels whose range is open', async () => {
    await expect(read(at('numpy/objects.npz'))).rejects.toThrow(
      `${at('numpy/objects.npz')}: images.npy: an array of Python objects (a pickle): save numbers`,
    );
    await expect(read(at('numpy/nan.npz'))).rejects.toThrow('expected finite numbers for pixels, got NaN');
  });

  test('a folder without data, and a path that leads nowhere', async () => {
    const folder = await temporaryFolder();
    await writeFile(path.join(folder, 'README.md'), 'nothing');
    await expect(read(folder)).rejects.toThrow(`${folder}: no data in it`);
    await mkdir(path.join(folder, 'node_modules'));
    await writeFile(path.join(folder, 'node_modules', 'a.csv'), '1,2');
    await mkdir(path.join(folder, 'a', 'b'), { recursive: true });
    await writeFile(path.join(folder, 'a', 'b', '1.bmp'), Buffer.from('BM\x36\0\0\0', 'latin1'));
    await expect(read(folder)).rejects.toThrow(
      `${path.join(folder, 'a', 'b', '1.bmp')}: this is an image that is neither PNG nor JPEG: save images as PNG or JPEG first`,
    );
    await expect(read('https://example.org/mnist.npz')).rejects.toThrow(
      'this is an address: download its file first',
    );
    await expect(read(path.join(folder, 'x', 'y'))).rejects.toMatchObject({ code: 'DATA_NOT_FOUND' });
  });
});

describe('no header is believed beyond what the file can hold', () => {
  test('an .npy header of 2 GB in an archive, and a size that the archive claims', async () => {
    const file = path.join(await temporaryFolder(), 'data.npz');
    const bytes = await readFile(at('numpy/numbered.npz'));
    const place = bytes.indexOf('(24, 28, 28)');
    bytes.write('(2100000, 28, 28)', place);
    await writeFile(file, bytes);
    await expect(read(file)).rejects.toMatchObject({ code: 'ARRAY_FORMAT' });
  });

  test('a file of IDX that was cut off, or goes on', async () => {
    const folder = await temporaryFolder();
    await cp(at('idx'), folder, { recursive: true });
    const file = path.join(folder, 'train-images-idx3-ubyte');
    const bytes = await readFile(file);
    for (const [content, got] of [
      [bytes.subarray(0, -1), '18815'],
      [Buffer.concat([bytes, Buffer.alloc(1)]), '18817'],
    ] as const) {
      await writeFile(file, content);
      await expect(read(folder)).rejects.toThrow(
        `${file}: expected 18816 bytes after the header, got ${got}`,
      );
    }
    await writeFile(file, gzipSync(bytes.subarray(0, -1)));
    await expect(read(folder)).rejects.toThrow(`${file}: expected 18816 bytes after the header, got 18815`);
  });
});
