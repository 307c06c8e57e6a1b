/** What an account says: a name server, a key and the zones, as nobody can ask a name server which it has. */
import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { z } from 'zod';
import { ProviderError } from '../errors.ts';
import type { CredentialField } from '../provider.ts';
import { ALGORITHMS, type Algorithm, type Key } from './tsig.ts';
import { Unwritable, writeName } from './wire.ts';

export const ID = 'rfc2136';
const algorithms = Object.keys(ALGORITHMS) as [Algorithm, ...Algorithm[]];
/** Fewer bytes are guessed sooner than the hash is broken. */
const LEAST_SECRET_BYTES = 16;

/** With a letter somewhere: an address is none. */
const isName = (text: string): boolean =>
  /[a-z]/i.test(text) && text.split('.').every((label) => /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/i.test(label)) && fits(text);
function fits(name: string): boolean {
  try {
    return writeName(name).length > 1;
  } catch (error) {
    if (error instanceof Unwritable) return false;
    throw error;
  }
}
const zonesIn = (text: string): string[] => [
  ...new Set(
    text
      .split(/[\s,;]+/)
      .map((zone) => zone.toLowerCase().replace(/\.$/, ''))
      .filter(Boolean),
  ),
];

export const credential = z.strictObject({
  host: z
    .string()
    .trim()
    .transform((host) => host.replace(/\.$/, ''))
    .refine(
      (host) => isIP(host) !== 0 || isName(host),
      'The server is a name or an address such as ns1.example.com or 192.0.2.53, without a port.',
    ),
  port: z
    .string()
    .trim()
    .refine(
      (port) => /^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535,
      'The port is a number from 1 to 65535; name servers listen at 53.',
    )
    .default('53'),
  zones: z
    .string()
    .transform((zones) => zonesIn(zones).join(' '))
    .refine(
      (zones) => zones !== '' && zones.split(' ').every(isName),
      'The zones are names such as example.com, with a comma or a space between them; at least one.',
    ),
  keyName: z
    .string()
    .trim()
    .transform((name) => name.replace(/\.$/, ''))
    .refine(isName, 'The key’s name is a name such as plinth-key or plinth.example.com, to the letter as in the server’s configuration.'),
  algorithm: z
    .string()
    .trim()
    .toLowerCase()
    .pipe(z.enum(algorithms, `The algorithm is one of ${algorithms.join(', ')}. MD5 and SHA-1 are too weak: make a new key.`))
    .default('hmac-sha256'),
  secret: z
    .string()
    .trim()
    .regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, {
      error: 'The secret is in base64, as the server’s configuration has it.',
      abort: true,
    })
    .refine(
      (secret) => Buffer.from(secret, 'base64').length >= LEAST_SECRET_BYTES,
      `The secret has at least ${LEAST_SECRET_BYTES} bytes: make one with “keymgr -t <name>” or “tsig-keygen”.`,
    ),
});

export const credentialFields: readonly CredentialField[] = [
  { name: 'host', label: 'Name server', help: 'The zones’ primary: a name or an address. Plinth speaks TCP to it.' },
  { name: 'port', label: 'Port', help: '53 unless told.', optional: true },
  { name: 'zones', label: 'Zones', help: 'All that the key may change, with a comma or a space between them.' },
  { name: 'keyName', label: 'Key name', help: 'Of the TSIG key, as the server’s configuration has it.' },
  { name: 'algorithm', label: 'Algorithm', help: `hmac-sha256 unless told; ${algorithms.join(', ')}.`, optional: true },
  { name: 'secret', label: 'Secret', help: 'Of the key, in base64.' },
];

export interface Account {
  readonly host: string;
  readonly port: number;
  readonly key: Key;
  readonly zones: readonly string[];
}

/** @param told as `credential` parses it. @throws ProviderError `credentials` for what it does not take */
export function accountOf(told: Readonly<Record<string, string>>): Account {
  const { data, error } = credential.safeParse(told);
  if (!data) {
    const message = error.issues.map(({ path, message: each }) => `${path.join('.')}: ${each}`).join(' ');
    throw new ProviderError({ provider: ID, kind: 'credentials', message });
  }
  const { host, port, keyName, algorithm, secret, zones } = data;
  return { host, port: Number(port), key: { name: keyName, algorithm, secret: Buffer.from(secret, 'base64') }, zones: zones.split(' ') };
}

/** Of the simulator's key with this name. */
export function simulatedSecret(token: string): Buffer {
  return createHash('sha256').update(`${token}-secret`).digest();
}
/** The zones that every account has there. */
export const SIMULATED_ZONES: readonly string[] = ['rfc2136.test'];

export function simulatedCredential(token: string): Record<string, string> {
  const secret = simulatedSecret(token).toString('base64');
  return { host: '127.0.0.1', port: '53', zones: SIMULATED_ZONES.join(' '), keyName: token, algorithm: 'hmac-sha256', secret };
}
