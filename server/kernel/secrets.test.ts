import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keyIdOf, loadMasterKey, SecretBox } from './secrets.ts';

const place = { table: 'vps', column: 'rootPassword', id: 'a' };

describe('sealed secrets', () => {
  const old = randomBytes(32);
  const box = new SecretBox(old);
  const sealed = box.seal(place, 'correct horse');

  it('opens only where it was sealed', () => {
    expect(box.open(place, sealed)).toBe('correct horse');
    expect(sealed).not.toBe(box.seal(place, 'correct horse'));
    for (const other of [
      { ...place, id: 'b' },
      { ...place, table: 'account' },
      { ...place, column: 'requestedPassword' },
    ])
      expect(() => box.open(other, sealed)).toThrow(/does not open/);
  });

  it('refuses every changed character', () => {
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1);
      expect(() => box.open(place, changed)).toThrow();
    }
  });

  it('moves to a new master key and then needs only that', () => {
    const fresh = randomBytes(32);
    const both = new SecretBox(fresh, [old]);
    const moved = both.rewrap(place, sealed);
    expect(keyIdOf(moved)).toBe(both.currentKeyId);
    expect(new SecretBox(fresh).open(place, moved)).toBe('correct horse');
    expect(() => new SecretBox(fresh).open(place, sealed)).toThrow(/not loaded/);
    expect(both.rewrap(place, moved)).toBe(moved);
  });
});

describe('the master key', () => {
  it('is made once with mode 0600, and never over existing secrets', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'plinth-key-'));
    await expect(loadMasterKey(dir, undefined, false)).rejects.toThrow(/is missing/);
    const key = await loadMasterKey(dir, undefined, true);
    expect((await stat(join(dir, 'master-key'))).mode & 0o777).toBe(0o600);
    expect(await loadMasterKey(dir, undefined, false)).toEqual(key);
    await rm(dir, { recursive: true });
  });
});
