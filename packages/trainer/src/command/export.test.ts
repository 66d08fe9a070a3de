import { describe, expect, test } from 'vitest';
import { MicronnError } from '../errors.ts';
import { resolveExportOptions } from './export.ts';

describe('resolveExportOptions', () => {
  test.each([
    [{ out: '/a/b.onnx' }, { format: 'onnx', scale: 'inside', out: '/a/b.onnx' }],
    [{ format: 'json' }, { format: 'json', scale: 'inside', out: expect.stringMatching(/\/model\.json$/) }],
    [
      { format: 'onnx', out: '/a.b.onnx', scale: 'outside' },
      { format: 'onnx', scale: 'outside', out: '/a.b.onnx' },
    ],
  ])('takes %j', (flags, expected) => {
    expect(resolveExportOptions('/model', flags)).toEqual({ model: '/model', ...expected });
  });

  test.each<[Record<string, string>, string, string]>([
    [
      {},
      'OPTION_VALUE',
      'give --format, one of safetensors, onnx, json, or --out with one of them as its extension',
    ],
    [{ format: 'keras' }, 'OPTION_VALUE', '--format must be one of safetensors, onnx, json, got "keras"'],
    [{ out: 'a.txt' }, 'OPTION_VALUE', '--format must be one of safetensors, onnx, json, got "txt"'],
    [{ out: '' }, 'OPTION_VALUE', '--format must be one of safetensors, onnx, json, got ""'],
    [{ format: 'onnx', out: 'a.json' }, 'OPTION_VALUE', '--out must end in .onnx, got "a.json"'],
    [{ format: 'onnx', scale: 'both' }, 'OPTION_VALUE', '--scale must be one of inside, outside, got "both"'],
    [
      { format: 'json', scale: 'inside' },
      'OPTION_CONFLICT',
      '--scale applies to --format onnx only, got json',
    ],
  ])('refuses %j', (flags, code, message) => {
    const resolve = () => resolveExportOptions('/model', flags);
    expect(resolve).toThrow(MicronnError);
    expect(resolve).toThrow(expect.objectContaining({ code, message, exitCode: 2 }));
  });
});
