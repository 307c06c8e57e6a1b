/** The SSH keys of a profile, and StackScripts. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import type { SimKey, SimScript } from '../../../simulator/cloud/model.ts';
import type { Call } from '../../../simulator/cloud/wire.ts';
import { no, paged, type Routes, stamp } from './wire.ts';

export interface StackScript extends SimScript {
  images: string[];
  description: string;
  rev_note: string;
  is_public: boolean;
  updatedMs: number;
}

const KEY = /^(ssh-(rsa|ed25519|dss)|ecdsa-sha2-nistp\d+|sk-\S+) [A-Za-z0-9+/]+=*/;

export function mountKeys(on: Routes, { keys, world, own: ownOf }: Cloud): void {
  const own = (call: Call): SimKey => ownOf(keys, call.account.id, call.param('id'), 'key');
  const show = ({ id, name, publicKey, createdMs }: SimKey) => ({
    id: Number(id),
    label: name,
    ssh_key: publicKey,
    created: stamp(createdMs),
  });
  on('get /profile/sshkeys', (call) => paged(call, keys.filter(({ account }) => account === call.account.id).map(show)));
  // Linode takes the same key and the same label any number of times.
  on('post /profile/sshkeys', (call) => {
    const { label, ssh_key: key } = call.body;
    if (typeof label !== 'string' || label.length > 64) throw no('Length must be 0-64 characters', 'label');
    if (typeof key !== 'string' || !KEY.test(key))
      throw no('SSH Key key-type must be ssh-dss, ssh-rsa, ecdsa-sha2-nistp, ssh-ed25519, or sk-ecdsa-sha2-nistp256.', 'ssh_key');
    const id = String(world.nextInt('sshkey', 300_001));
    const told = { name: label, publicKey: key, fingerprint: '', labels: {} };
    return show(keys.put({ id, account: call.account.id, createdMs: world.now(), ...told }));
  });
  on('get /profile/sshkeys/:id', (call) => show(own(call)));
  on('put /profile/sshkeys/:id', (call) => show(keys.put({ ...own(call), name: String(call.body.label ?? '') })));
  on('delete /profile/sshkeys/:id', (call) => void keys.delete(own(call).id));
}

export function mountStackScripts(on: Routes, { world, own: ownOf }: Cloud): void {
  const scripts = world.collection<StackScript>('scripts');
  const own = (call: Call): StackScript => ownOf(scripts, call.account.id, call.param('id'), 'script');
  on('get /linode/stackscripts', (call) => paged(call, scripts.filter(({ account }) => account === call.account.id).map(scriptView)));
  on('post /linode/stackscripts', (call) => {
    const id = String(world.nextInt('stackscript', 1_500_001));
    const times = { createdMs: world.now(), updatedMs: world.now() };
    return scriptView(scripts.put({ ...written(call.body), id, account: call.account.id, ...times }));
  });
  on('get /linode/stackscripts/:id', (call) => scriptView(own(call)));
  on('put /linode/stackscripts/:id', (call) => {
    const before = own(call);
    const asked = written({ ...before, label: before.name, script: before.content, ...call.body });
    return scriptView(scripts.put({ ...before, ...asked, updatedMs: world.now() }));
  });
  on('delete /linode/stackscripts/:id', (call) => void scripts.delete(own(call).id));
}

function written(body: Record<string, unknown>): Omit<StackScript, 'id' | 'account' | 'createdMs' | 'updatedMs'> {
  const { label, script, images } = body;
  if (typeof label !== 'string' || label.length < 3 || label.length > 128) throw no('Length must be 3-128 characters', 'label');
  if (typeof script !== 'string' || !script.startsWith('#!'))
    throw no('Script must begin with a shebang (example: #!/bin/bash).', 'script');
  if (!Array.isArray(images) || images.length === 0) throw no('images is required', 'images');
  return {
    name: label,
    content: script,
    images: images.map(String),
    description: String(body.description ?? ''),
    rev_note: String(body.rev_note ?? ''),
    is_public: body.is_public === true,
  };
}

function scriptView({ account: _account, createdMs, updatedMs, id, name, content, ...script }: StackScript): Record<string, unknown> {
  return {
    id: Number(id),
    label: name,
    script: content,
    ...script,
    mine: true,
    created: stamp(createdMs),
    updated: stamp(updatedMs),
    deployments_active: 0,
    deployments_total: 0,
    user_defined_fields: [],
    user_gravatar_id: 'a445b305abda30ebc766bc7fda037c37',
    username: 'simulated',
  };
}
