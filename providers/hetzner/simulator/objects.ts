/** SSH keys and firewalls of a project. */
import { isIP } from 'node:net';
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { Refusal, type SimFirewall } from '../../../simulator/cloud/model.ts';
import { type Call, labelSelector, type Wire } from '../../../simulator/cloud/wire.ts';
import { checkedLabels } from './servers.ts';
import { showAction, showFirewall, showKey, showPage } from './shapes.ts';

const MOST_RULES = 50;
const MOST_FIREWALLS = 50;

export function mountObjects(wire: Wire, cloud: Cloud): void {
  mountKeys(wire, cloud);
  mountFirewalls(wire, cloud);
}

/** Those of the account that the query's name, fingerprint and labels leave. */
function chosen<T extends { account: string; name: string; labels: Record<string, string> }>(call: Call, items: T[]): T[] {
  const name = call.query('name');
  const fits = labelSelector(call.query('label_selector'));
  return items.filter((each) => each.account === call.account.id && (name === undefined || each.name === name) && fits(each.labels));
}

function mountKeys(wire: Wire, cloud: Cloud): void {
  const own = (call: Call) => cloud.own(cloud.keys, call.account.id, call.param('id'), 'ssh_key');
  wire.on('get /v1/ssh_keys', (call) => {
    const print = call.query('fingerprint');
    const found = chosen(call, cloud.keys.all()).filter((key) => print === undefined || key.fingerprint === print);
    return showPage(call, 'ssh_keys', found, showKey);
  });
  wire.made('post /v1/ssh_keys', (call) => {
    const asked = { name: call.required('name'), publicKey: call.required('public_key'), labels: checkedLabels(call) ?? {} };
    return { ssh_key: showKey(cloud.addKey(call.account.id, asked, true)) };
  });
  wire.on('get /v1/ssh_keys/:id', (call) => ({ ssh_key: showKey(own(call)) }));
  wire.on('put /v1/ssh_keys/:id', (call) => {
    const key = own(call);
    const name = call.text('name') || key.name;
    return { ssh_key: showKey(cloud.keys.put({ ...key, name, labels: checkedLabels(call) ?? key.labels })) };
  });
  wire.gone('delete /v1/ssh_keys/:id', (call) => {
    cloud.keys.delete(own(call).id);
  });
}

function mountFirewalls(wire: Wire, cloud: Cloud): void {
  const own = (call: Call): SimFirewall => cloud.own(cloud.firewalls, call.account.id, call.param('id'), 'firewall');
  const act = (firewall: SimFirewall, commands: readonly string[]): object[] =>
    commands.map((command) => {
      const about = [{ type: 'firewall', id: firewall.id }];
      return showAction(cloud.jobs.startOn(firewall.account, about, command, cloud.sheet.times.small));
    });
  wire.on('get /v1/firewalls', (call) => showPage(call, 'firewalls', chosen(call, cloud.firewalls.all()), showFirewall));
  wire.made('post /v1/firewalls', (call) => {
    const name = call.required('name');
    const held = cloud.firewalls.filter(({ account }) => account === call.account.id);
    if (held.some((each) => each.name === name)) throw new Refusal('taken', 'firewall name is already used', 'name');
    if (held.length >= MOST_FIREWALLS) throw new Refusal('quota', 'firewall limit exceeded');
    const servers = targets(cloud, call, 'apply_to');
    const made = cloud.addFirewall(call.account.id, { name, rules: rulesOf(call), labels: checkedLabels(call) ?? {} });
    const firewall = cloud.firewalls.put({ ...made, servers });
    return { firewall: showFirewall(firewall), actions: servers.length === 0 ? [] : act(firewall, ['apply_firewall']) };
  });
  wire.on('get /v1/firewalls/:id', (call) => ({ firewall: showFirewall(own(call)) }));
  wire.on('put /v1/firewalls/:id', (call) => {
    const firewall = own(call);
    const name = call.text('name') || firewall.name;
    return { firewall: showFirewall(cloud.firewalls.put({ ...firewall, name, labels: checkedLabels(call) ?? firewall.labels })) };
  });
  wire.gone('delete /v1/firewalls/:id', (call) => {
    const firewall = own(call);
    if (firewall.servers.length > 0) throw new Refusal('in_use', `firewall with ID '${firewall.id}' is still in use`);
    cloud.firewalls.delete(firewall.id);
  });
  const on = (name: string, run: (call: Call, firewall: SimFirewall) => SimFirewall, commands: readonly string[]): void =>
    wire.made(`post /v1/firewalls/:id/actions/${name}`, (call) => ({ actions: act(run(call, own(call)), commands) }));
  on('set_rules', (call, firewall) => cloud.firewalls.put({ ...firewall, rules: rulesOf(call) }), ['set_firewall_rules', 'apply_firewall']);
  on(
    'apply_to_resources',
    (call, firewall) => {
      const servers = targets(cloud, call, 'apply_to');
      if (servers.some((id) => firewall.servers.includes(id))) throw new Refusal('conflict', 'firewall already added');
      return cloud.firewalls.put({ ...firewall, servers: [...firewall.servers, ...servers] });
    },
    ['apply_firewall'],
  );
  on(
    'remove_from_resources',
    (call, firewall) => {
      const servers = targets(cloud, call, 'remove_from');
      if (!servers.every((id) => firewall.servers.includes(id))) throw new Refusal('conflict', 'firewall already removed');
      return cloud.firewalls.put({ ...firewall, servers: firewall.servers.filter((id) => !servers.includes(id)) });
    },
    ['remove_firewall'],
  );
}

function targets(cloud: Cloud, call: Call, field: string): string[] {
  return call.list(field).map((each) => {
    const { type, server } = each as { type?: string; server?: { id?: number } };
    if (type !== 'server') throw new Refusal('invalid', `${field} must name servers`, field);
    return cloud.server(call.account.id, String(server?.id)).id;
  });
}

/** @throws Refusal `invalid` for what Hetzner's rules of rules refuse. */
function rulesOf(call: Call): object[] {
  const rules = call.list('rules') as Record<string, unknown>[];
  if (rules.length > MOST_RULES) throw new Refusal('invalid', 'too many rules', 'rules');
  return rules.map((rule, place) => {
    const field = `rules.${place}`;
    const [sources, destinations] = [addresses(rule['source_ips'], field), addresses(rule['destination_ips'], field)];
    const protocol = String(rule['protocol']);
    if (!['tcp', 'udp', 'icmp', 'esp', 'gre'].includes(protocol)) throw new Refusal('invalid', 'unknown protocol', `${field}.protocol`);
    const port = rule['port'] ?? null;
    if ((protocol === 'tcp' || protocol === 'udp') === (port === null))
      throw new Refusal('invalid', 'port is required for tcp and udp only', `${field}.port`);
    if (port !== null && !/^(any|\d{1,5}(-\d{1,5})?)$/.test(String(port))) throw new Refusal('invalid', 'invalid port', `${field}.port`);
    if (rule['direction'] === 'in' && sources.length === 0)
      throw new Refusal('invalid', 'source_ips is required for inbound rules', `${field}.source_ips`);
    const description = rule['description'] ?? null;
    return { direction: rule['direction'], protocol, port, source_ips: sources, destination_ips: destinations, description };
  });
}

function addresses(value: unknown, field: string): string[] {
  const all = Array.isArray(value) ? value.map(String) : [];
  for (const cidr of all) {
    const [address, bits] = cidr.split('/');
    if (isIP(address ?? '') === 0 || !/^\d{1,3}$/.test(bits ?? '')) throw new Refusal('invalid', `invalid network ${cidr}`, field);
  }
  return all;
}
