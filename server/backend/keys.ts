/**
 * Encryption of stack secrets: AES-256-GCM under a data key of the stack, which the master key wraps.
 * The stack's id is additional data, so a ciphertext means nothing in another stack.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

/** Wraps data keys under the master key; implemented by the service's envelope encryption. */
export interface KeyWrapper {
  /** Text that only `unwrap` with the same `stackId` opens. */
  wrap(key: Buffer, stackId: string): string;
  unwrap(wrapped: string, stackId: string): Buffer;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORMAT = 1;

export function newDataKey(): Buffer {
  return randomBytes(32);
}

export function encryptSecret(key: Buffer, stackId: string, plaintext: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(`stack|${stackId}`));
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([Buffer.from([FORMAT]), nonce, cipher.getAuthTag(), body]);
}

/** Throws when the ciphertext is damaged, truncated or of another stack. */
export function decryptSecret(key: Buffer, stackId: string, ciphertext: Buffer): Buffer {
  if (ciphertext.length < 1 + NONCE_BYTES + TAG_BYTES || ciphertext[0] !== FORMAT) throw new Error('This is not a secret of this stack.');
  const decipher = createDecipheriv('aes-256-gcm', key, ciphertext.subarray(1, 1 + NONCE_BYTES));
  decipher.setAAD(Buffer.from(`stack|${stackId}`));
  decipher.setAuthTag(ciphertext.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(ciphertext.subarray(1 + NONCE_BYTES + TAG_BYTES)), decipher.final()]);
}

/** The same for equal texts in one stack; tells nothing about them to whoever has not its key. */
export function markOf(key: Buffer, text: string): string {
  return createHmac('sha256', key).update('mark\0').update(text).digest('base64url').slice(0, 16);
}

/**
 * What someone without the right to see secrets gets instead: a JSON string that is equal for equal
 * secrets, so that a preview still compares them, and tells nothing else.
 */
export function standIn(key: Buffer, plaintext: Buffer): Buffer {
  const digest = createHmac('sha256', key).update(plaintext).digest('base64url').slice(0, 16);
  return Buffer.from(JSON.stringify(`[secret ${digest}]`));
}
