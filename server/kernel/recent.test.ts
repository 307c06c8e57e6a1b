import { expect, it } from 'vitest';
import { Recent } from './recent.ts';

it('looks once for many who ask at the same time', async () => {
  const recent = new Recent();
  const release = Promise.withResolvers<string>();
  let looks = 0;
  const look = (): Promise<string> => {
    looks += 1;
    return release.promise;
  };
  const asked = Array.from({ length: 16 }, () => recent.get('token', look));
  release.resolve('found');
  expect(await Promise.all(asked)).toEqual(Array(16).fill('found'));
  expect(await recent.get('token', look)).toBe('found');
  expect(looks).toBe(1);
});

it('asks anew after it forgot, also where a look from before is under way', async () => {
  const recent = new Recent();
  const before = Promise.withResolvers<string>();
  const early = recent.get('token', () => before.promise);
  recent.forget();
  expect(await recent.get('token', async () => 'after')).toBe('after');
  before.resolve('before');
  expect(await early).toBe('before');
  expect(await recent.get('token', async () => 'again')).toBe('after');
});

it('keeps neither nothing nor a failure', async () => {
  const recent = new Recent();
  expect(await recent.get('token', async () => null)).toBeNull();
  await expect(recent.get('token', () => Promise.reject(new Error('lost')))).rejects.toThrow('lost');
  expect(await recent.get('token', async () => 'found')).toBe('found');
});
