import { describe, expect, test } from 'vitest';
import { browserName, describeBits } from './describe-bits.ts';

describe('the same bits', () => {
  test.each([
    [
      'Chrome 153',
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/153.0.0.0 Safari/537.36',
    ],
    [
      'Edge 150',
      'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0',
    ],
    ['Firefox 140', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'],
    [
      'Safari 26',
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
    ],
    ['your browser', 'something else'],
  ])('finds %s in the user agent', (name, userAgent) => {
    expect(browserName(userAgent)).toBe(name);
  });

  test('the outcome is equal or not equal', () => {
    expect(describeBits('Firefox 140', 'ab', 'ab')).toBe(
      'Equal: Firefox 140 computes the same bits as the trainer.',
    );
    expect(describeBits('Firefox 140', 'ab', 'cd')).toMatch(/^Not equal: Firefox 140/);
  });
});
