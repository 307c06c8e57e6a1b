/**
 * SHA-512 crypt, the `$6$` scheme of crypt(3), as specified by Ulrich Drepper
 * (https://www.akkadia.org/drepper/SHA-crypt.txt). Every Linux that cloud-init runs on reads it.
 */
import { createHash } from 'node:crypto';

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** The specification's default; leaving it out of the hash keeps the oldest readers happy. */
const ROUNDS = 5_000;
const DIGEST_BYTES = 64;
const SALT_PATTERN = /^[./0-9A-Za-z]{1,16}$/;

/** Length of every hash with a 16-character salt: `$6$` + salt + `$` + 86. */
export const SHA512_CRYPT_LENGTH = 3 + 16 + 1 + 86;

/** `$6$<salt>$<86 characters>`. Throws RangeError unless the salt is 1 to 16 characters of `[./0-9A-Za-z]`. */
export function sha512Crypt(password: string, salt: string): string {
  if (!SALT_PATTERN.test(salt)) throw new RangeError('A crypt salt is 1 to 16 characters of [./0-9A-Za-z].');
  const key = Buffer.from(password, 'utf8');
  const saltBytes = Buffer.from(salt, 'ascii');
  let digest = firstDigest(key, saltBytes);
  const p = repeatTo(sha512(...Array.from({ length: key.length }, () => key)), key.length);
  const s = repeatTo(sha512(...Array.from({ length: 16 + digest[0]! }, () => saltBytes)), saltBytes.length);
  for (let round = 0; round < ROUNDS; round++) {
    const odd = round % 2 === 1;
    const parts = [odd ? p : digest];
    if (round % 3 !== 0) parts.push(s);
    if (round % 7 !== 0) parts.push(p);
    parts.push(odd ? digest : p);
    digest = sha512(...parts);
  }
  return `$6$${salt}$${encode(digest)}`;
}

/** A 16-character salt that depends only on `seed`, so the same stack gives the same hash at every run. */
export function saltFrom(seed: string): string {
  const bytes = createHash('sha256').update(seed).digest();
  return Array.from(bytes.subarray(0, 16), (byte) => ALPHABET[byte % 64]!).join('');
}

function firstDigest(key: Buffer, salt: Buffer): Buffer {
  const alternate = sha512(key, salt, key);
  const parts = [key, salt, repeatTo(alternate, key.length)];
  for (let bits = key.length; bits > 0; bits >>= 1) parts.push(bits % 2 === 1 ? alternate : key);
  return sha512(...parts);
}

function sha512(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function repeatTo(bytes: Buffer, length: number): Buffer {
  return length === 0 ? Buffer.alloc(0) : Buffer.alloc(length, bytes);
}

/** The specification's byte order: triples (0,21,42), (22,43,1), (44,2,23) and so on, then byte 63 alone. */
function encode(digest: Buffer): string {
  let text = '';
  let [a, b, c] = [0, 21, 42];
  for (let triple = 0; triple < 21; triple++) {
    text += group((digest[a]! << 16) | (digest[b]! << 8) | digest[c]!, 4);
    [a, b, c] = [b + 1, c + 1, a + 1];
  }
  return text + group(digest[DIGEST_BYTES - 1]!, 2);
}

function group(value: number, characters: number): string {
  let text = '';
  for (let rest = value; text.length < characters; rest >>= 6) text += ALPHABET[rest & 63]!;
  return text;
}
