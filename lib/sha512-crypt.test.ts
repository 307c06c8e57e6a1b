import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { saltFrom, sha512Crypt, SHA512_CRYPT_LENGTH } from './sha512-crypt.ts';

// The first is in the specification's own table; all were checked with `openssl passwd -6` or libc's crypt(3).
test.each([
  ['Hello world!', 'saltstring', '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1'],
  ['', 'a', '$6$a$Z6IPkDduHdwavesVY2NFMpOHkigshxPYdhfLg0D3A7/XFQcso9RV2E8qczyJ2su.dj6RRLaTpvgwN1rZfK0I9.'],
  [
    'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
    '0123456789abcdef',
    '$6$0123456789abcdef$hmNE.PPROh2fRZoO4CdTMCwfayyElBe82a7IIN6INBHhK9cgTY7v75RHFxN7bRngOafwACIdMX/ZEBUOEQHVa1',
  ],
  [
    'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy',
    './zZ',
    '$6$./zZ$i8g0iZ72EDya3phpxABUbA80oM16cftbDplvPDHEoeUXx0s/p83CRcAavnDjq78AV0C4ksrFrx3G6dY5MPaZC.',
  ],
  [
    'pässwörd €',
    'saltsaltsaltsalt',
    '$6$saltsaltsaltsalt$3lieOHeFSM.HM2pvFknmDeuVnbcdlIzbfv0WIBduvjsoeHJfj13ByCKaHMsEQlNIQYrJDQIvc7iygOVjySvXy/',
  ],
  [
    '0123456789012345678901234567890123456789012345678901234567890123456',
    'q',
    '$6$q$dYBqnZ0qD/yrTxS/.h.2KXDnIwAj4F2cT30m/oH6UPmz1BHAgEThhheSVlvhQFeCzbDzb3YxBp8zRJ34rbZGq.',
  ],
])('hashes %j with salt %j as crypt(3) does', (password, salt, hash) => {
  expect(sha512Crypt(password, salt)).toBe(hash);
});

test('the same seed gives the same legal salt, and a hash of the known length', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ maxLength: 40 }), (seed, password) => {
      const salt = saltFrom(seed);
      expect(salt).toBe(saltFrom(seed));
      expect(salt).toMatch(/^[./0-9A-Za-z]{16}$/);
      expect(sha512Crypt(password, salt)).toHaveLength(SHA512_CRYPT_LENGTH);
    }),
    { numRuns: 15 },
  );
});

test.each(['', 'has space', 'x'.repeat(17), '$6$'])('refuses the salt %j', (salt) => {
  expect(() => sha512Crypt('secret', salt)).toThrow(RangeError);
});
