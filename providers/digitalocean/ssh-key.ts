/**
 * `digitalocean:index/sshKey:SshKey`. An account holds a public key once, so servers that share a key
 * share it at DigitalOcean. Who may delete it is read from its name there: see README.md.
 */
import { isProviderError } from '../errors.ts';
import { SHARED_KEY_PREFIX } from '../identity.ts';
import type { SharedKeyClient } from '../instance-extras.ts';
import { checkPublicKey } from '../kit/keys.ts';
import { fingerprintOf, nameFor, sameKey } from '../kit/names.ts';
import { orGone, part, type Rest } from '../kit/rest.ts';
import type { Call, Context } from '../kit/server-sheet.ts';
import { windowOf } from '../kit/window.ts';
import type { Properties, ResourceDefinition } from '../resource.ts';
import { signalOf } from '../wait.ts';
import { keySchema, type Key } from './schemas.ts';

/** Names that Plinth's programs give begin so; only such keys are ever renamed. */
export const KEY_NAME_PREFIX = 'plinth-key-';
const ROUNDS = 4;

const PATH = '/v2/account/keys';
const keyPath = (id: string): string => `${PATH}/${part(id)}`;

export const sshKey: ResourceDefinition<Rest> = {
  token: 'digitalocean:index/sshKey:SshKey',
  inputs: {
    name: { type: 'string', computed: true },
    publicKey: { type: 'string', required: true, replace: true, same: sameKey },
  },
  outputs: { fingerprint: { type: 'string' }, name: { type: 'string' } },
  stableOutputs: ['fingerprint'],
  timeoutsMs: { create: 5 * 60_000, update: 5 * 60_000, delete: 5 * 60_000 },
  check: checkPublicKey,
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
    await remove(ctx, id);
  },
};

/** Keys that several servers shared keep this name, and none of their stacks deletes them. */
export function sharedKeys(client: Rest): SharedKeyClient {
  return {
    list: async (o) =>
      (await client.all({ path: PATH, signal: o?.signal }, 'ssh_keys', keySchema))
        .filter(({ name }) => name.startsWith(SHARED_KEY_PREFIX))
        .map(({ id, name, public_key: publicKey }) => ({ id: String(id), name, publicKey })),
    remove: (id, o) => remove({ client, signal: signalOf(o) }, id),
  };
}

async function remove({ client, signal }: Call, id: string): Promise<void> {
  await orGone(client.send({ method: 'DELETE', path: keyPath(id), repeatable: true, signal }));
}

async function create(ctx: Context, inputs: Properties): Promise<{ id: string; outputs: Properties }> {
  const publicKey = String(inputs['publicKey']);
  const name = nameFor(inputs, ctx.urn);
  const fingerprint = fingerprintOf(publicKey)!;
  for (let round = 1; ; round++) {
    const existing = await find(ctx, fingerprint);
    if (existing) {
      if (existing.name !== name && !(await share(ctx, existing))) continue;
      return { id: String(existing.id), outputs: outputsOf(existing, { name, publicKey }) };
    }
    try {
      const body = { name, public_key: publicKey.trim() };
      const key = await ctx.client.one({ method: 'POST', path: PATH, body, signal: ctx.signal }, 'ssh_key', keySchema);
      return { id: String(key.id), outputs: outputsOf(key, { name, publicKey }) };
    } catch (error) {
      // Made by a lost answer or by somebody in this moment: the look-up finds it, once lists show it.
      if (round >= ROUNDS || !isProviderError(error, 'unknown_outcome', 'conflict')) throw error;
      await windowOf(ctx, 'a key to show', () => find(ctx, fingerprint));
    }
  }
}

/** Marks a key of another Plinth server as shared, so that its maker leaves it. False when it vanished meanwhile. */
async function share(ctx: Context, key: Key): Promise<boolean> {
  ctx.log('info', `SSH key ${key.id} ("${key.name}") is already in the account; using it.`);
  if (!key.name.startsWith(KEY_NAME_PREFIX) || key.name.startsWith(SHARED_KEY_PREFIX)) return true;
  return rename(ctx, key, SHARED_KEY_PREFIX + key.fingerprint.replaceAll(':', '').slice(0, 12));
}

async function rename(ctx: Context, key: Key, name: string): Promise<boolean> {
  const ask = { method: 'PUT', path: keyPath(String(key.id)), body: { name }, repeatable: true, signal: ctx.signal } as const;
  return (await orGone(ctx.client.send(ask))) !== null;
}

function find({ client, signal }: Call, idOrFingerprint: string): Promise<Key | null> {
  return client.find(keyPath(idOrFingerprint), 'ssh_key', keySchema, signal);
}

/** The name stays the program's: what the key is called in the account does not matter to it. */
function outputsOf(key: Key, inputs: Properties): Properties {
  return { fingerprint: key.fingerprint, name: inputs['name'] ?? key.name, publicKey: inputs['publicKey'] ?? key.public_key };
}
