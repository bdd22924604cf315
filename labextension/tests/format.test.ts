// Numbers and times as a reader sees them.
import { describe, expect, it } from 'vitest';

import { compact, count, measure, percent, size } from '../src/format/numbers';
import { ago } from '../src/format/times';

describe('numbers', () => {
  it('groups and shortens counts', () => {
    expect(count(1234567, 'en')).toBe('1,234,567');
    expect(count(1234567, 'de')).toBe('1.234.567');
    expect(compact(12345, 'en')).toBe('12.3K');
  });

  it('gives measures 4 significant digits, and a dash for none', () => {
    expect(measure(0.123456, 'en')).toBe('0.1235');
    expect(measure(null)).toBe('–');
    expect(measure(Number.NaN)).toBe('–');
    expect(percent(0.1234, 'en')).toBe('12.3%');
  });

  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1 kB'],
    [1_234_567, '1.2 MB'],
    [5e15, '5,000 TB']
  ])('says %i bytes as %s', (bytes, text) => {
    expect(size(bytes, 'en')).toBe(text);
  });
});

describe('times', () => {
  const now = new Date('2026-03-10T12:00:00Z');
  it.each([
    ['2026-03-10T11:59:30Z', 'now'],
    ['2026-03-10T11:58:00Z', '2 minutes ago'],
    ['2026-03-09T12:00:00Z', 'yesterday'],
    ['2026-03-07T11:00:00Z', '3 days ago'],
    ['2025-03-09T12:00:00Z', 'last year']
  ])('%s was %s', (moment, text) => {
    expect(ago(moment, now, 'en')).toBe(text);
  });
});
