import { describe, expect, it } from 'vitest';
import { nextInterval, waitFor } from './wait.ts';

describe('how soon to look again', () => {
  it('looks often at first and ever more rarely', () => {
    expect([0, 500, 2_000, 60_000].map((elapsed) => nextInterval(elapsed, undefined))).toEqual([100, 100, 200, 500]);
  });

  it('sleeps until shortly before the expected moment, then looks often, and rarely when it is long past', () => {
    expect(nextInterval(1_000, 4_000)).toBe(2_000);
    expect(nextInterval(1_000, 40_000)).toBe(5_000);
    expect(nextInterval(35_000, 40_000)).toBe(300);
    expect(nextInterval(100_000, 40_000)).toBe(5_000);
  });

  it('lets many at once share what one may ask', () => {
    expect(nextInterval(35_000, 40_000, 3)).toBe(300);
    expect(nextInterval(35_000, 40_000, 30)).toBe(3_000);
    expect(nextInterval(2_000, undefined, 300)).toBe(5_000);
  });
});

describe('waiting', () => {
  const options = { provider: 'linode', what: 'the job', signal: new AbortController().signal, deadlineMs: 5_000 };

  it('ends when the thing is there, with what the probe found', async () => {
    let looks = 0;
    expect(await waitFor({ ...options, key: 'test/there', probe: async () => (++looks === 3 ? 'there' : undefined) })).toBe('there');
    expect(looks).toBe(3);
  });

  it('ends at the deadline, at an abort and at a failed look', async () => {
    const never = async (): Promise<undefined> => undefined;
    await expect(waitFor({ ...options, key: 'test/never', deadlineMs: 50, probe: never })).rejects.toMatchObject({ kind: 'timeout' });
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 20);
    await expect(waitFor({ ...options, key: 'test/abort', signal: abort.signal, probe: never })).rejects.toMatchObject({
      kind: 'cancelled',
    });
    const broken = waitFor({ ...options, key: 'test/broken', probe: () => Promise.reject(new Error('no')) });
    await expect(broken).rejects.toThrow('no');
  });
});
