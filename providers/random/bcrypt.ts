/**
 * bcrypt (`$2a$`), after Provos and Mazières, "A Future-Adaptable Password Scheme" (USENIX 1999).
 * Blowfish's initial tables are the fraction of pi in hexadecimal; they are computed here rather than listed.
 */
const ALPHABET = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const MAGIC = new TextEncoder().encode('OrpheanBeholderScryDoubt');
const SUBKEYS = 18;
const WORDS = SUBKEYS + 4 * 256;
/** The cipher's key length bounds what counts of a password. */
const MAX_PASSWORD_BYTES = 72;
/** Rounds between two turns of the event loop, about 5 ms. */
const ROUNDS_PER_TURN = 64;

let initialState: Uint32Array | undefined;

/** `cost` is the binary logarithm of the rounds, 4 to 31; `salt` is 16 bytes. Only the first 72 bytes of the password count. */
export async function bcrypt(password: string, cost: number, salt: Uint8Array): Promise<string> {
  if (!Number.isInteger(cost) || cost < 4 || cost > 31) throw new RangeError(`bcrypt cost must be 4 to 31, not ${cost}`);
  if (salt.length !== 16) throw new RangeError(`bcrypt salt must be 16 bytes, not ${salt.length}`);
  const key = toWords([...new TextEncoder().encode(`${password}\0`).subarray(0, MAX_PASSWORD_BYTES)], SUBKEYS);
  const saltWords = toWords([...salt], SUBKEYS);
  const state = (initialState ??= piWords()).slice();
  expand(state, key, toWords([...salt], 4));
  for (let round = 0; round < 2 ** cost; round++) {
    expand(state, key);
    expand(state, saltWords);
    if (round % ROUNDS_PER_TURN === ROUNDS_PER_TURN - 1) await new Promise((resolve) => setImmediate(resolve));
  }
  const text = toWords([...MAGIC], 6);
  for (let pair = 0; pair < 6; pair += 2) for (let time = 0; time < 64; time++) encrypt(state, text, pair);
  const bytes = Buffer.alloc(24);
  text.forEach((word, index) => bytes.writeUInt32BE(word, index * 4));
  // The last byte of the cipher text has never been part of the hash.
  return `$2a$${String(cost).padStart(2, '0')}$${encode(salt)}${encode(bytes.subarray(0, 23))}`;
}

/** Big-endian words, the bytes repeated as often as needed. */
function toWords(bytes: readonly number[], count: number): Uint32Array {
  const words = new Uint32Array(count);
  for (let at = 0; at < count * 4; at++) words[at >> 2] = (words[at >> 2]! << 8) | bytes[at % bytes.length]!;
  return words;
}

/** Mixes the key into the subkeys, then replaces every word of the state by the cipher's own running output. */
function expand(state: Uint32Array, key: Uint32Array, salt?: Uint32Array): void {
  for (let index = 0; index < SUBKEYS; index++) state[index]! ^= key[index]!;
  const block = new Uint32Array(2);
  for (let index = 0; index < WORDS; index += 2) {
    if (salt) {
      block[0]! ^= salt[index & 3]!;
      block[1]! ^= salt[(index & 3) + 1]!;
    }
    encrypt(state, block, 0);
    state[index] = block[0]!;
    state[index + 1] = block[1]!;
  }
}

/** One Blowfish encryption of two words in place. The four S-boxes follow the subkeys in `state`. */
function encrypt(state: Uint32Array, words: Uint32Array, at: number): void {
  let left = words[at]!;
  let right = words[at + 1]!;
  for (let index = 0; index < 16; index += 2) {
    left ^= state[index]!;
    right ^= mix(state, left);
    right ^= state[index + 1]!;
    left ^= mix(state, right);
  }
  words[at] = right ^ state[17]!;
  words[at + 1] = left ^ state[16]!;
}

function mix(state: Uint32Array, word: number): number {
  const sum = (state[18 + (word >>> 24)]! + state[274 + ((word >>> 16) & 255)]!) | 0;
  return ((sum ^ state[530 + ((word >>> 8) & 255)]!) + state[786 + (word & 255)]!) | 0;
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('base64')
    .replace(/=+$/, '')
    .replace(/[A-Za-z0-9+/]/g, (letter) => ALPHABET[STANDARD.indexOf(letter)]!);
}

/** The first words of pi's fraction, by Machin's formula with 64 guard bits. */
function piWords(): Uint32Array {
  const bits = BigInt(WORDS * 32 + 64);
  const one = 1n << bits;
  const arctanOfInverse = (x: bigint): bigint => {
    let sum = 0n;
    let power = one / x;
    for (let n = 1n, sign = 1n; power !== 0n; n += 2n, sign = -sign) {
      sum += (sign * power) / n;
      power /= x * x;
    }
    return sum;
  };
  const fraction = 4n * (4n * arctanOfInverse(5n) - arctanOfInverse(239n)) - 3n * one;
  const hex = (fraction >> 64n).toString(16).padStart(WORDS * 8, '0');
  return Uint32Array.from({ length: WORDS }, (_, index) => Number.parseInt(hex.slice(index * 8, index * 8 + 8), 16));
}
