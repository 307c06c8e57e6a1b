/** What stands beside an instance at OVH: keys that a project holds once, and the reverse names of addresses. */
import { z } from 'zod';
import { isProviderError } from '../errors.ts';
import { accountKey, keyInputs } from '../kit/keys.ts';
import { sameKey } from '../kit/names.ts';
import { Objects, text } from '../kit/object.ts';
import { orGone, part, type Rest } from '../kit/rest.ts';
import type { Call } from '../kit/server-sheet.ts';
import type { Properties, ResourceDefinition } from '../resource.ts';
import { waitFor } from '../wait.ts';
import type { Project } from './rest.ts';

const SshKey = z.looseObject({ id: z.string(), name: z.string(), publicKey: z.string() });
type SshKey = z.infer<typeof SshKey>;

/** A project takes a public key once: it is found by the key itself. */
export const keys = new Objects<SshKey>({
  ...accountKey,
  token: 'ovh:index/cloudProjectSshKey:CloudProjectSshKey',
  path: '/sshkey',
  keys: { one: '', many: '' },
  shape: SshKey,
  outputs: { name: text },
  idOf: ({ id }) => id,
  isOwn: ({ publicKey: held }, _, { publicKey }) => sameKey(held, publicKey),
  body: ({ publicKey }, name) => ({ name, publicKey: String(publicKey).trim() }),
  present: ({ name, publicKey }, known) => {
    const inputs = keyInputs(known, name, publicKey);
    return { inputs, outputs: { ...inputs, name } };
  },
});

const Reverse = z.looseObject({ reverse: z.string() });
/** OVH takes a reverse name only when the name leads to the address, which resolvers may learn late. */
const RESOLVES_MS = 5 * 60_000;
const pathOf = (ip: string): string => `/ip/${part(ip)}/reverse`;
const bare = (name: string): string => name.replace(/\.$/, '').toLowerCase();

async function pointerOf(root: Rest, address: string, signal: AbortSignal): Promise<string | null> {
  const found = await orGone(root.call({ path: `${pathOf(address)}/${part(address)}`, signal }, Reverse));
  return found === null ? null : bare(found.reverse);
}

async function point({ client, signal }: Call, { ip, ReverseIp, ReverseValue }: Properties): Promise<Properties> {
  const [address, name] = [String(ReverseIp), bare(String(ReverseValue))];
  const { root } = client as Project;
  await waitFor({
    provider: 'ovh',
    what: `the reverse name of ${address}`,
    key: 'ovh/reverse',
    signal,
    deadlineMs: RESOLVES_MS,
    probe: async () => {
      if ((await pointerOf(root, address, signal)) === name) return true;
      const body = { ipReverse: address, reverse: `${name}.` };
      await root.send({ method: 'POST', path: pathOf(address), body, repeatable: true, signal }).catch((error: unknown) => {
        if (!isProviderError(error, 'invalid', 'conflict')) throw error;
      });
      return undefined;
    },
  });
  return { ip: ip!, ReverseIp: ReverseIp!, ReverseValue: ReverseValue! };
}

/** `ovh:Ip/reverse:Reverse`. */
export const reverse: ResourceDefinition<Rest> = {
  token: 'ovh:Ip/reverse:Reverse',
  inputs: {
    ip: { ...text, required: true, replace: true },
    ReverseIp: { ...text, required: true, replace: true },
    ReverseValue: { ...text, required: true, replace: true },
  },
  outputs: {},
  deleteBeforeReplace: true,
  timeoutsMs: { create: 2 * RESOLVES_MS, update: 2 * RESOLVES_MS, delete: RESOLVES_MS },
  create: async (ctx, inputs) => ({ id: `${String(inputs['ip'])}|${String(inputs['ReverseIp'])}`, outputs: await point(ctx, inputs) }),
  async read({ client, signal }, id, state) {
    const [ip = '', address = ''] = id.split('|');
    const name = await pointerOf((client as Project).root, address, signal);
    if (!name) return null;
    const was = state?.inputs['ReverseValue'];
    const told = { ip, ReverseIp: address, ReverseValue: typeof was === 'string' && bare(was) === name ? was : name };
    return { id, inputs: told, outputs: told };
  },
  update: (ctx, _, { inputs }) => point(ctx, inputs),
  async delete({ client, signal }, _, { ReverseIp, ReverseValue }) {
    const { root } = client as Project;
    const address = String(ReverseIp);
    // Somebody else's by now stays.
    if ((await pointerOf(root, address, signal)) !== bare(String(ReverseValue))) return;
    await orGone(root.send({ method: 'DELETE', path: `${pathOf(address)}/${part(address)}`, repeatable: true, signal }));
  },
};
