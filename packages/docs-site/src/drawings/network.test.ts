import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { drawNetwork, type NetworkPicture } from './network.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const ten = Array.from({ length: 10 }, (_, k) => k);

const picture: NetworkPicture = {
  pixels: Uint8Array.from({ length: 784 }, (_, k) => (k === 0 || k === 1 ? 255 : 0)),
  rowContributions: ten.map((h) => Array.from({ length: 28 }, (_, row) => (h === 0 && row === 0 ? 1 : 0))),
  a1: [2, ...Array<number>(9).fill(0)],
  outputContributions: ten.map((c) => ten.map((h) => (c === 7 && h === 0 ? 3 : c === 1 && h === 0 ? -3 : 0))),
  probabilities: ten.map((c) => (c === 7 ? 0.75 : c === 1 ? 0.25 : 0)),
  title: 'a test',
  parameterCount: 7960,
};

describe('the drawing', () => {
  const drawing = drawNetwork(picture);
  const count = (pattern: RegExp): number => drawing.match(pattern)?.length ?? 0;

  test('has twenty neurons, with the active ones filled', () => {
    expect(count(/class="neuron /g)).toBe(20);
    expect(count(/<circle class="fill-a1"/g)).toBe(1);
    expect(count(/<circle class="fill-a2"/g)).toBe(2);
  });

  test('draws neighbouring pixels of the same grey as one run, and no paper', () => {
    expect(drawing.match(/<path class="ink".*/g)).toEqual([
      '<path class="ink" opacity="1" d="M36 86.5h16v8h-16z"/>',
    ]);
  });

  test('draws 280 + 100 faint connections, and those with a positive contribution in colour', () => {
    const base = [...drawing.matchAll(/class="base" d="([^"]*)"/g)].map(([, d]) => d!.split('M').length - 1);
    expect(base).toEqual([280, 100]);
    expect(count(/<path class="W1"/g)).toBe(1);
    expect(drawing.match(/<path class="W2".*/g)).toHaveLength(1);
  });

  test('has a bar for each probability, and marks the highest', () => {
    expect(
      drawing.match(/<rect class="fill-a2"[^>]*/g)!.map((bar) => /width="([\d.]+)"/.exec(bar)![1]),
    ).toEqual(['30', '90']);
    expect(drawing).toContain('class="digit best" x="692" y="276">7</text>');
    expect(drawing).toContain('>75 %</text>');
  });

  test('has an alternative text', () => {
    for (const words of ['28 × 28 = 784 pixels', '10 × 784', '10 × 10', '7,960 parameters']) {
      expect(drawing).toContain(words);
    }
  });
});

describe('the committed pictures', () => {
  const onPage = read('network.svg');
  const inReadme = read('../../../../docs/network.svg');
  const bodyOf = (svg: string): string => svg.slice(svg.indexOf('<rect class="paper"'));

  test('of the start page and of the README are the same drawing', () => {
    expect(bodyOf(onPage)).toContain('7,960 parameters');
    expect(bodyOf(inReadme)).toBe(bodyOf(onPage));
  });

  test('have no scripts and no external resources, and are smaller than 60 kB', () => {
    for (const svg of [onPage, inReadme]) {
      expect(svg.length).toBeLessThan(60_000);
      expect(svg).not.toMatch(/<script|<image|<use|url\(|@import|href=/);
    }
  });

  test('of the README has its own colours for light and dark, and uses no variables of a page', () => {
    expect(inReadme).toContain('prefers-color-scheme:dark');
    expect(inReadme).not.toContain('var(');
  });
});
