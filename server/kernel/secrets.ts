/**
 * Secrets at rest: an envelope per value. A random data key seals the value (AES-256-GCM, 96-bit random nonce); the
 * master key seals the data key. Both carry `table|column|id|key id` as additional data, so a ciphertext moved to
 * another row, column or key does not open. Rotation re-wraps the data key only.
 *
 * Text form: `v1.<key id>.<wrap nonce>.<wrapped key>.<nonce>.<ciphertext>`, parts in base64url, tags appended.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** The place a value belongs to. */
export interface SecretPlace {
  readonly table: string;
  readonly column: string;
  readonly id: string;
}

export class SecretError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SecretError';
  }
}

export class SecretBox {
  readonly #keys = new Map<string, Buffer>();
  readonly currentKeyId: string;

  /** `current` seals; `previous` still opens what it sealed. Each is 32 bytes. */
  constructor(current: Buffer, previous: readonly Buffer[] = []) {
    for (const key of [current, ...previous]) {
      if (key.length !== KEY_BYTES) throw new SecretError('A master key must have 32 bytes; make one with: openssl rand -base64 32.');
      this.#keys.set(keyId(key), key);
    }
    this.currentKeyId = keyId(current);
  }

  /** Whether values of that key can be opened here. */
  knows(id: string): boolean {
    return this.#keys.has(id);
  }

  seal(place: SecretPlace, plaintext: string): string {
    const dataKey = randomBytes(KEY_BYTES);
    const value = encrypt(dataKey, Buffer.from(plaintext, 'utf8'), additional(place, 'value'));
    return this.#envelope(place, dataKey, value);
  }

  /** @throws SecretError when the key is unknown, or the text was changed or belongs elsewhere. */
  open(place: SecretPlace, sealed: string): string {
    const { dataKey, value } = this.#unwrap(place, sealed);
    return decrypt(dataKey, value, additional(place, 'value'), place).toString('utf8');
  }

  /** The same secret under the current master key; the same text when it is there already. */
  rewrap(place: SecretPlace, sealed: string): string {
    if (keyIdOf(sealed) === this.currentKeyId) return sealed;
    const { dataKey, value } = this.#unwrap(place, sealed);
    return this.#envelope(place, dataKey, value);
  }

  /** A key derived for another purpose, bound to its name. */
  derive(purpose: string): Buffer {
    return createHash('sha256').update('plinth-derive|').update(purpose).update('|').update(this.#keys.get(this.currentKeyId)!).digest();
  }

  #envelope(place: SecretPlace, dataKey: Buffer, value: Sealed): string {
    const wrapped = encrypt(this.#keys.get(this.currentKeyId)!, dataKey, additional(place, this.currentKeyId));
    const parts = [wrapped.nonce, wrapped.body, value.nonce, value.body].map((part) => part.toString('base64url'));
    return ['v1', this.currentKeyId, ...parts].join('.');
  }

  #unwrap(place: SecretPlace, sealed: string): { dataKey: Buffer; value: Sealed } {
    const [version, id, ...rest] = sealed.split('.');
    if (version !== 'v1' || id === undefined || rest.length !== 4)
      throw new SecretError(`The secret in ${place.table}.${place.column} of ${place.id} is not in a form this version reads.`);
    const key = this.#keys.get(id);
    if (!key)
      throw new SecretError(
        `The secret in ${place.table}.${place.column} of ${place.id} is sealed with master key ${id}, which is not loaded. Set PLINTH_MASTER_KEY (or PLINTH_MASTER_KEY_PREVIOUS) to that key.`,
      );
    // base64url decoding ignores stray bits; insisting on the canonical text makes every changed character a refusal.
    const [wrapNonce, wrapBody, nonce, body] = rest.map((part) => {
      const bytes = Buffer.from(part, 'base64url');
      if (bytes.toString('base64url') !== part) throw changed(place);
      return bytes;
    }) as [Buffer, Buffer, Buffer, Buffer];
    const dataKey = decrypt(key, { nonce: wrapNonce, body: wrapBody }, additional(place, id), place);
    return { dataKey, value: { nonce, body } };
  }
}

interface Sealed {
  readonly nonce: Buffer;
  readonly body: Buffer;
}

function encrypt(key: Buffer, plaintext: Buffer, aad: Buffer): Sealed {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(aad);
  return { nonce, body: Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]) };
}

function decrypt(key: Buffer, sealed: Sealed, aad: Buffer, place: SecretPlace): Buffer {
  if (sealed.nonce.length !== NONCE_BYTES || sealed.body.length < TAG_BYTES) throw changed(place);
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.nonce);
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.body.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.body.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch {
    throw changed(place);
  }
}

function changed(place: SecretPlace): SecretError {
  return new SecretError(
    `The secret in ${place.table}.${place.column} of ${place.id} does not open: it was changed, moved from another row, or sealed with another master key.`,
  );
}

function additional(place: SecretPlace, keyName: string): Buffer {
  return Buffer.from([place.table, place.column, place.id, keyName].join('|'), 'utf8');
}

export function keyId(key: Buffer): string {
  return createHash('sha256').update('plinth-master-key|').update(key).digest('hex').slice(0, 12);
}

export function keyIdOf(sealed: string): string {
  return sealed.split('.', 2)[1] ?? '';
}

/**
 * The master key: the given one, or the data directory's `master-key` (0600).
 * `mayCreate` is true only for a database that holds no secret yet: a fresh key over old secrets would lose them all.
 */
export async function loadMasterKey(dataDir: string, given: string | undefined, mayCreate: boolean): Promise<Buffer> {
  if (given !== undefined) return Buffer.from(given, 'base64');
  const path = join(dataDir, 'master-key');
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new SecretError(`Cannot read the master key ${path} (${error.code}). Make it readable for this user.`);
  });
  if (text !== null) return Buffer.from(text.trim(), 'base64');
  if (!mayCreate)
    throw new SecretError(
      `The database holds secrets, but the master key ${path} is missing. Restore that file, or set PLINTH_MASTER_KEY to the key they were sealed with.`,
    );
  const key = randomBytes(KEY_BYTES);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await writeFile(path, `${key.toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  return key;
}
