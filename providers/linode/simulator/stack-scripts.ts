/** StackScripts: scripts of an account, which nothing runs here. */
import type { SimScript } from '../../../simulator/cloud/model.ts';
import type { Call } from '../../../simulator/cloud/wire.ts';
import type { Linodes } from './linodes.ts';
import { no, paged, type Routes, stamp } from './wire.ts';

export interface StackScript extends SimScript {
  images: string[];
  description: string;
  rev_note: string;
  is_public: boolean;
  updatedMs: number;
}

export function mountStackScripts(on: Routes, { world, cloud }: Linodes): void {
  const scripts = world.collection<StackScript>('scripts');
  const own = (call: Call): StackScript => cloud.own(scripts, call.account.id, call.param('id'), 'script');
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
