import { describe, expect, it } from 'vitest';
import { isTimeZone } from './index.ts';

describe('a time zone', () => {
  it.each(['Europe/Moscow', 'Asia/Kathmandu', 'UTC', '+03:00'])('is %s', (name) => {
    expect(isTimeZone(name)).toBe(true);
  });

  it.each(['', 'Moscow', 'Europe/Atlantis', '2026-11-24T09:00[Europe/Moscow]'])('is not "%s"', (name) => {
    expect(isTimeZone(name)).toBe(false);
  });
});
