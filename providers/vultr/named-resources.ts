/** SSH keys, firewall groups and start-up scripts, with the vendor's property names and replace rules. */
import type { PropertySpec } from '../resource.ts';
import { namedResource } from './named-resource.ts';
import { FirewallGroup, SshKey, StartupScript } from './schemas.ts';

const text: PropertySpec = { type: 'string' };
const integer: PropertySpec = { type: 'integer' };
const trimmed: PropertySpec['same'] = (a, b) => String(a ?? '').trim() === String(b ?? '').trim();

export const sshKeyResource = namedResource<SshKey>({
  token: 'vultr:index/sSHKey:SSHKey',
  path: '/v2/ssh-keys',
  one: 'ssh_key',
  many: 'ssh_keys',
  shape: SshKey,
  inputs: { name: { ...text, computed: true }, sshKey: { ...text, required: true, same: trimmed } },
  outputs: { dateCreated: text },
  idOf: (key) => key.id,
  nameOf: (key) => key.name,
  nameInput: 'name',
  createdAt: (key) => key.date_created,
  body: (name, inputs) => ({ name, ssh_key: inputs['sshKey'] }),
  change: 'PATCH',
  present: (key) => ({ inputs: { sshKey: key.ssh_key }, outputs: { dateCreated: key.date_created } }),
});

export const firewallGroupResource = namedResource<FirewallGroup>({
  token: 'vultr:index/firewallGroup:FirewallGroup',
  path: '/v2/firewalls',
  one: 'firewall_group',
  many: 'firewall_groups',
  shape: FirewallGroup,
  inputs: { description: { ...text, computed: true } },
  outputs: { dateCreated: text, dateModified: text, instanceCount: integer, maxRuleCount: integer, ruleCount: integer },
  idOf: (group) => group.id,
  nameOf: (group) => group.description,
  nameInput: 'description',
  createdAt: (group) => group.date_created,
  body: (description) => ({ description }),
  change: 'PUT',
  present: (group) => ({
    inputs: {},
    outputs: {
      dateCreated: group.date_created,
      dateModified: group.date_modified,
      instanceCount: group.instance_count,
      maxRuleCount: group.max_rule_count,
      ruleCount: group.rule_count,
    },
  }),
});

/** `script` is base64 on both sides, as the vendor's resource has it. */
export const startupScriptResource = namedResource<StartupScript>({
  token: 'vultr:index/startupScript:StartupScript',
  path: '/v2/startup-scripts',
  one: 'startup_script',
  many: 'startup_scripts',
  shape: StartupScript,
  inputs: {
    name: { ...text, computed: true },
    script: { ...text, required: true, pattern: /^[A-Za-z0-9+/=\s]+$/ },
    type: { ...text, replace: true, default: 'boot', oneOf: ['boot', 'pxe'] },
  },
  outputs: { dateCreated: text, dateModified: text },
  idOf: (script) => script.id,
  nameOf: (script) => script.name,
  nameInput: 'name',
  createdAt: (script) => script.date_created,
  body: (name, inputs) => ({ name, script: inputs['script'], type: inputs['type'] ?? 'boot' }),
  change: 'PATCH',
  present: (script) => ({
    inputs: { script: script.script, type: script.type },
    outputs: { dateCreated: script.date_created, dateModified: script.date_modified },
  }),
});
