/** `vultr:index/firewallRule:FirewallRule`: a rule is its own identity inside its group; every change replaces it. */
import { isProviderError } from '../errors.ts';
import type { Properties, PropertySpec, ResourceContext, ResourceDefinition } from '../resource.ts';
import { orNull, type VultrClient } from './client.ts';
import { problem } from './instance-state.ts';
import { FirewallRule } from './schemas.ts';

const TIMEOUT_MS = 5 * 60_000;
const text: PropertySpec = { type: 'string', replace: true };
const emptyIsAbsent: PropertySpec['same'] = (a, b) => (a ?? '') === (b ?? '');

function rulesPath(groupId: unknown): string {
  return `/v2/firewalls/${encodeURIComponent(String(groupId))}/rules`;
}

function propertiesOf(groupId: string, rule: FirewallRule): Properties {
  return {
    firewallGroupId: groupId,
    ipType: rule.ip_type,
    protocol: rule.protocol.toLowerCase(),
    subnet: rule.subnet,
    subnetSize: rule.subnet_size,
    port: rule.port,
    source: rule.source,
    notes: rule.notes,
  };
}

function matches(rule: FirewallRule, inputs: Properties): boolean {
  return (
    rule.ip_type === inputs['ipType'] &&
    rule.protocol.toLowerCase() === inputs['protocol'] &&
    rule.subnet === inputs['subnet'] &&
    rule.subnet_size === inputs['subnetSize'] &&
    rule.port === (inputs['port'] ?? '') &&
    rule.source === (inputs['source'] ?? '')
  );
}

async function create(ctx: ResourceContext<VultrClient>, inputs: Properties): Promise<{ id: string; outputs: Properties }> {
  const groupId = String(inputs['firewallGroupId']);
  const path = rulesPath(groupId);
  const find = async (): Promise<FirewallRule | undefined> =>
    (await ctx.client.all(path, 'firewall_rules', FirewallRule, {}, { signal: ctx.signal })).find((rule) => matches(rule, inputs));
  const body = {
    ip_type: inputs['ipType'],
    protocol: inputs['protocol'],
    subnet: inputs['subnet'],
    subnet_size: inputs['subnetSize'],
    port: inputs['port'] ?? '',
    source: inputs['source'] ?? '',
    notes: inputs['notes'] ?? '',
  };
  let rule = await find();
  if (rule === undefined) {
    const post = (): Promise<FirewallRule> => ctx.client.one({ method: 'POST', path, body }, 'firewall_rule', FirewallRule);
    rule = await post().catch(async (error: unknown) => {
      if (!isProviderError(error, 'unknown_outcome')) throw error;
      return (await find()) ?? post();
    });
  }
  return { id: String(rule.id), outputs: { ...propertiesOf(groupId, rule), ...inputs } };
}

export const firewallRuleResource: ResourceDefinition<VultrClient> = {
  token: 'vultr:index/firewallRule:FirewallRule',
  inputs: {
    firewallGroupId: { ...text, required: true },
    ipType: { ...text, required: true, oneOf: ['v4', 'v6'] },
    protocol: { ...text, required: true, oneOf: ['icmp', 'tcp', 'udp', 'gre', 'esp', 'ah'] },
    subnet: { ...text, required: true },
    subnetSize: { type: 'integer', replace: true, required: true, min: 0, max: 128 },
    port: { ...text, same: emptyIsAbsent },
    source: { ...text, same: emptyIsAbsent },
    notes: { ...text, same: emptyIsAbsent },
  },
  outputs: {},
  timeoutsMs: { create: TIMEOUT_MS, update: TIMEOUT_MS, delete: TIMEOUT_MS },
  create,
  read: async (ctx, id, state) => {
    // An import names both: `<group id>,<rule id>`, as the vendor's resource does.
    const [first, second] = id.split(',');
    const groupId = second === undefined ? state?.inputs['firewallGroupId'] : first;
    const ruleId = second ?? first ?? '';
    if (typeof groupId !== 'string') throw problem('invalid', `Firewall rule ${id} is imported as "<firewall group id>,<rule id>".`);
    const path = `${rulesPath(groupId)}/${encodeURIComponent(ruleId)}`;
    const rule = await orNull(ctx.client.one({ method: 'GET', path, signal: ctx.signal }, 'firewall_rule', FirewallRule));
    if (rule === null) return null;
    const properties = propertiesOf(groupId, rule);
    return { id: ruleId, inputs: properties, outputs: properties };
  },
  delete: async (ctx, id, outputs) => {
    const path = `${rulesPath(outputs['firewallGroupId'])}/${encodeURIComponent(id)}`;
    await orNull(ctx.client.send({ method: 'DELETE', path, repeatable: true, signal: ctx.signal }));
  },
};
