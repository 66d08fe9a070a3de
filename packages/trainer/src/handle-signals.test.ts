import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { handleSignals } from './handle-signals.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const others = signals.map((signal) => process.listeners(signal));
let seen: string[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setImmediate'] });
  seen = [];
  handleSignals(
    () => seen.push('interrupt'),
    (signal) => seen.push(`leave on ${signal}`),
  );
});

afterEach(() => {
  vi.useRealTimers();
  signals.forEach((signal, k) => {
    for (const listener of process.listeners(signal)) {
      if (!others[k]!.includes(listener)) process.off(signal, listener);
    }
  });
});

test.each(signals)('%s and its copies within a second interrupt; later, it leaves', (signal) => {
  process.emit(signal);
  process.emit(signal);
  vi.advanceTimersByTime(999);
  process.emit(signal);
  expect(new Set(seen)).toEqual(new Set(['interrupt']));
  vi.runAllTimers();
  process.emit(signal);
  expect(seen.at(-1)).toBe(`leave on ${signal}`);
});

test('a copy that waited while the process was suspended still counts as one', () => {
  process.emit('SIGTERM');
  // The timer is due, and the loop handles the waiting signal before the immediate.
  vi.advanceTimersToNextTimer();
  process.emit('SIGTERM');
  expect(seen).toEqual(['interrupt', 'interrupt']);
  vi.runAllTimers();
  process.emit('SIGTERM');
  expect(seen.at(-1)).toBe('leave on SIGTERM');
});

test('another signal later does not leave', () => {
  for (const signal of signals) {
    process.emit(signal);
    vi.advanceTimersByTime(2000);
  }
  expect(seen).toEqual(['interrupt', 'interrupt', 'interrupt']);
});
