/**
 * `digitalocean:index/sshKey:SshKey`. An account holds a public key once, so servers that share a key
 * share it at DigitalOcean. Who may delete it is read from its name there: see README.md.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isProviderError } from '../errors.ts';
import type { Json, Properties, ResourceContext, ResourceDefinition } from '../resource.ts';
import type { DigitalOceanClient } from './client.ts';
import { keySchema, type Key } from './schemas.ts';

type Context = ResourceContext<DigitalOceanClient>;

/** Names that Plinth's programs give begin so; only such keys are ever renamed. */
export const KEY_NAME_PREFIX = 'plinth-key-';
const SHARED_PREFIX = `${KEY_NAME_PREFIX}shared-`;
const ROUNDS = 4;

const answer = z.object({ ssh_key: keySchema });
const keyPath = (id: string): string => `/v2/account/keys/${encodeURIComponent(id)}`;

export const sshKey: ResourceDefinition<DigitalOceanClient> = {
  token: 'digitalocean:index/sshKey:SshKey',
  inputs: {
    name: { type: 'string', computed: true },
    publicKey: { type: 'string', required: true, replace: true, same: sameKey },
  },
  outputs: { fingerprint: { type: 'string' }, name: { type: 'string' } },
  stableOutputs: ['fingerprint'],
  timeoutsMs: { create: 5 * 60_000, update: 5 * 60_000, delete: 5 * 60_000 },
  check: ({ publicKey }) =>
    typeof publicKey === 'string' && !fingerprintOf(publicKey)
      ? [{ property: 'publicKey', reason: 'is no OpenSSH public key: expected "ssh-ed25519 AAAA… comment".' }]
      : [],
  create,
  async read(ctx, id, state) {
    const key = await find(ctx, id);
    if (!key) return null;
    const properties = outputsOf(key, state?.inputs ?? { name: key.name, publicKey: key.public_key });
    return { id, inputs: { ...state?.inputs, name: properties['name']!, publicKey: properties['publicKey']! }, outputs: properties };
  },
  async update(ctx, id, { oldInputs, inputs }) {
    const key = await find(ctx, id);
    if (key && key.name === oldInputs['name'] && typeof inputs['name'] === 'string') await rename(ctx, key, inputs['name']);
    return key ? outputsOf(key, inputs) : (await create(ctx, inputs)).outputs;
  },
  async delete(ctx, id, outputs) {
    const key = await find(ctx, id);
    if (!key || key.name !== outputs['name']) return;
    try {
      await ctx.client.run({ method: 'DELETE', path: keyPath(id), repeatable: true, signal: ctx.signal });
    } catch (error) {
      if (!isProviderError(error, 'not_found')) throw error;
    }
  },
};

async function create(ctx: Context, inputs: Properties): Promise<{ id: string; outputs: Properties }> {
  const publicKey = String(inputs['publicKey']);
  const name = typeof inputs['name'] === 'string' ? inputs['name'] : ctx.urn.split('::').at(-1)!;
  const fingerprint = fingerprintOf(publicKey)!;
  for (let round = 1; ; round++) {
    const existing = await find(ctx, fingerprint);
    if (existing) {
      if (existing.name !== name && !(await share(ctx, existing))) continue;
      return { id: String(existing.id), outputs: outputsOf(existing, { name, publicKey }) };
    }
    try {
      const body = { name, public_key: publicKey.trim() };
      const { ssh_key: key } = await ctx.client.call({ method: 'POST', path: '/v2/account/keys', body, signal: ctx.signal }, answer);
      return { id: String(key.id), outputs: outputsOf(key, { name, publicKey }) };
    } catch (error) {
      // Made by a lost answer or by somebody in this moment: the look-up finds it.
      if (round >= ROUNDS || !isProviderError(error, 'unknown_outcome', 'conflict')) throw error;
    }
  }
}

/** Marks a key of another Plinth server as shared, so that its maker leaves it. False when it vanished meanwhile. */
async function share(ctx: Context, key: Key): Promise<boolean> {
  ctx.log('info', `SSH key ${key.id} ("${key.name}") is already in the account; using it.`);
  if (!key.name.startsWith(KEY_NAME_PREFIX) || key.name.startsWith(SHARED_PREFIX)) return true;
  return rename(ctx, key, SHARED_PREFIX + key.fingerprint.replaceAll(':', '').slice(0, 12));
}

async function rename(ctx: Context, key: Key, name: string): Promise<boolean> {
  const path = keyPath(String(key.id));
  return (await ctx.client.find({ method: 'PUT', path, body: { name }, repeatable: true, signal: ctx.signal }, answer)) !== null;
}

async function find({ client, signal }: Context, idOrFingerprint: string): Promise<Key | null> {
  return (await client.find({ method: 'GET', path: keyPath(idOrFingerprint), signal }, answer))?.ssh_key ?? null;
}

/** The name stays the program's: what the key is called in the account does not matter to it. */
function outputsOf(key: Key, inputs: Properties): Properties {
  return { fingerprint: key.fingerprint, name: inputs['name'] ?? key.name, publicKey: inputs['publicKey'] ?? key.public_key };
}

/** The MD5 fingerprint by which the API knows a key, or undefined when it is none. */
function fingerprintOf(publicKey: string): string | undefined {
  const [type, blob] = publicKey.trim().split(/\s+/);
  if (!type || !blob || !/^[A-Za-z0-9+/]+=*$/.test(blob)) return undefined;
  return createHash('md5').update(Buffer.from(blob, 'base64')).digest('hex').match(/../g)!.join(':');
}

/** Comments and white space do not make another key. */
function sameKey(before: Json | undefined, after: Json | undefined): boolean {
  return typeof before === 'string' && typeof after === 'string' && fingerprintOf(before) === fingerprintOf(after);
}
