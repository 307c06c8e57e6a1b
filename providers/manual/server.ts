/**
 * `plinth:index/manualServer:ManualServer`: what is known of a server that a person provides. Its facts are inputs, answered in the
 * form of its task; there is nothing to ask, so a read tells what was recorded and never that it is gone.
 */
import { ProviderError } from '../errors.ts';
import { parseIdentityTag } from '../identity.ts';
import { text, whole } from '../kit/object.ts';
import type { Properties, ResourceDefinition } from '../resource.ts';

const TIMEOUT_MS = 60_000;

function unanswered(): ProviderError {
  const message = 'Nobody has said yet which server it is. Answer its task: plinth task list --status waiting.';
  return new ProviderError({ provider: 'manual', kind: 'needs_person', message });
}

export const server: ResourceDefinition<null> = {
  token: 'plinth:index/manualServer:ManualServer',
  inputs: {
    mark: { ...text, required: true, replace: true },
    label: { ...text, required: true },
    hostname: { ...text, required: true },
    place: { ...text, required: true, replace: true },
    plan: { ...text, required: true },
    system: { ...text, required: true, replace: true },
    ipv4: { ...text, required: true },
    ipv6: text,
    username: text,
    password: { ...text, required: true, secret: true },
    sshPort: whole,
    controlPanelUrl: text,
    controlPanelPassword: { ...text, secret: true },
    macAddress: text,
  },
  outputs: {},
  timeoutsMs: { create: TIMEOUT_MS, update: TIMEOUT_MS, delete: TIMEOUT_MS },
  create: (_, inputs) => {
    if (!inputs['ipv4'] || !inputs['password']) return Promise.reject(unanswered());
    return Promise.resolve({ id: idOf(inputs), outputs: inputs });
  },
  read: (_, id, state) => (state ? Promise.resolve({ id, inputs: state.inputs, outputs: state.outputs }) : Promise.reject(unanswered())),
  update: (_, _id, { inputs }) => Promise.resolve(inputs),
  // The person whose task ended it has said so before.
  delete: () => Promise.resolve(),
};

/** The same for the same order, however often it is asked. */
function idOf({ mark }: Properties): string {
  const known = parseIdentityTag(String(mark));
  return known ? `manual-${known.vpsId}-${known.generation}` : `manual-${String(mark)}`;
}
