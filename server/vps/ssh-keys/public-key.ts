/** OpenSSH public keys: the text, the algorithm inside the blob, and the lengths of its parts. RFC 4253 section 6.6. */
import { createHash } from 'node:crypto';

const ALGORITHMS: readonly string[] = [
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
];

/** Fewer bits of an RSA key are refused: NIST SP 800-131A has not allowed them since 2014. */
const LEAST_RSA_BITS = 2048;

/** A sentence saying what is wrong, or null. Does not repeat the key: a private one may have been pasted. */
export function sshKeyProblem(text: string): string | null {
  if (/PRIVATE KEY/.test(text)) return 'is a private key; it must stay with its owner';
  const line = text.trim();
  if (/[\r\n\0]/.test(line)) return 'has several lines';
  const [algorithm = '', blob = ''] = line.split(/[ \t]+/, 2);
  if (algorithm === 'ssh-dss') return 'is a DSA key, which is too weak and no longer taken by OpenSSH';
  if (!ALGORITHMS.includes(algorithm)) return `does not begin with one of ${ALGORITHMS.join(', ')}`;
  const bytes = Buffer.from(blob, 'base64');
  if (blob === '' || bytes.toString('base64').replace(/=+$/, '') !== blob.replace(/=+$/, '')) return 'has a key part that is not base64';
  const parts = fields(bytes);
  if (!parts || parts[0]?.toString('latin1') !== algorithm) return 'has a key part that does not match its algorithm';
  if (algorithm === 'ssh-ed25519' && parts[1]?.length !== 32) return 'is cut off';
  if (parts.length < 2) return 'is cut off';
  if (algorithm === 'ssh-rsa') return rsaProblem(parts);
  return null;
}

/** Exponent and modulus; the modulus has a zero byte before it where its first bit is set. RFC 4253 section 6.6. */
function rsaProblem([, , modulus]: readonly Buffer[]): string | null {
  if (!modulus) return 'is cut off';
  const bits = modulus.length === 0 ? 0 : BigInt(`0x${modulus.toString('hex')}`).toString(2).length;
  return bits < LEAST_RSA_BITS ? `is an RSA key of ${bits} bits, which is too weak: ${LEAST_RSA_BITS} are the least` : null;
}

/** What `ssh-keygen -l` shows of a key without a problem. */
export function fingerprintOf(text: string): string {
  const [, blob = ''] = text.trim().split(/[ \t]+/, 2);
  const digest = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}

/** The one line that is kept: algorithm, key and comment with one blank between them. Call it with a key that has no problem. */
export function normalSshKey(text: string): string {
  const [, algorithm = '', blob = '', comment = ''] = /^(\S+)[ \t]+(\S+)[ \t]*(.*)$/.exec(text.trim()) ?? [];
  return [algorithm, blob, comment].filter(Boolean).join(' ');
}

function fields(bytes: Buffer): Buffer[] | null {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + 4 > bytes.length) return null;
    const length = bytes.readUInt32BE(at);
    if (at + 4 + length > bytes.length) return null;
    parts.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return parts;
}
