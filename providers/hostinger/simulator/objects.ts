/** Firewalls, public keys and post-install scripts of an account at Hostinger. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { Refusal, type SimFirewall, type SimScript } from '../../../simulator/cloud/model.ts';
import { type Call, rfc3339, type Wire } from '../../../simulator/cloud/wire.ts';
import { machine, paged, showAction } from './machines.ts';

const VPS = '/api/vps/v1';
const SCRIPT_BYTES = 48 * 1024;
const PROTOCOLS = 'TCP UDP ICMP GRE any ESP AH ICMPv6 SSH HTTP HTTPS MySQL PostgreSQL'.split(' ');
const DONE = { message: 'Request accepted' };

export function mountObjects(wire: Wire, cloud: Cloud): void {
  mountFirewalls(wire, cloud);
  mountActivation(wire, cloud);
  mountKeys(wire, cloud);
  mountScripts(wire, cloud);
}

const FIREWALL = `${VPS}/firewall`;

function ownFirewall(cloud: Cloud, call: Call): SimFirewall {
  return cloud.own(cloud.firewalls, call.account.id, call.param('id'), 'Firewall');
}

function mountFirewalls(wire: Wire, cloud: Cloud): void {
  const base = FIREWALL;
  const own = (call: Call): SimFirewall => ownFirewall(cloud, call);
  /** A changed rule reaches the machines with the next synchronisation. */
  const changed = (firewall: SimFirewall, rules: unknown[]): SimFirewall =>
    cloud.firewalls.put({ ...firewall, rules, stale: firewall.servers });
  const numbered = (rule: object): { id: number } => ({ ...rule, id: cloud.world.nextInt('rule', 24_000) });
  wire.on(`get ${base}`, (call) => paged(call, cloud.firewalls.filter(({ account }) => account === call.account.id).map(showFirewall)));
  wire.on(`post ${base}`, (call) => showFirewall(cloud.addFirewall(call.account.id, { name: call.required('name'), rules: [] })));
  wire.on(`get ${base}/:id`, (call) => showFirewall(own(call)));
  wire.on(`delete ${base}/:id`, (call) => {
    const firewall = own(call);
    for (const id of firewall.servers) attach(cloud, id, null);
    cloud.firewalls.delete(firewall.id);
    return DONE;
  });
  wire.on(`post ${base}/:id/rules`, (call) => {
    const rule = numbered(ruleOf(call.body));
    const firewall = own(call);
    changed(firewall, [...firewall.rules, rule]);
    return rule;
  });
  wire.on(`put ${base}/:id/rules`, (call) => {
    const firewall = changed(
      own(call),
      (call.list('rules') as Record<string, unknown>[]).map((rule) => numbered(ruleOf(rule))),
    );
    return showFirewall(call.flag('sync') === true ? cloud.firewalls.put({ ...firewall, stale: [] }) : firewall);
  });
  const ruleIn = (call: Call, firewall: SimFirewall): { id: number } => {
    const found = (firewall.rules as { id: number }[]).find(({ id }) => String(id) === call.param('rule'));
    if (!found) throw new Refusal('not_found', 'Firewall rule is not found.');
    return found;
  };
  wire.on(`put ${base}/:id/rules/:rule`, (call) => {
    const firewall = own(call);
    const { id } = ruleIn(call, firewall);
    const rule = { ...ruleOf(call.body), id };
    changed(
      firewall,
      (firewall.rules as { id: number }[]).map((each) => (each.id === id ? rule : each)),
    );
    return rule;
  });
  wire.on(`delete ${base}/:id/rules/:rule`, (call) => {
    const firewall = own(call);
    const doomed = ruleIn(call, firewall);
    changed(
      firewall,
      firewall.rules.filter((each) => each !== doomed),
    );
    return DONE;
  });
}

function mountActivation(wire: Wire, cloud: Cloud): void {
  const base = FIREWALL;
  const own = (call: Call): SimFirewall => ownFirewall(cloud, call);
  const act = (call: Call, command: string, change: (firewall: SimFirewall, id: string) => Partial<SimFirewall>): object => {
    const server = machine(cloud, call, 'vm');
    const firewall = own(call);
    cloud.firewalls.put({ ...firewall, ...change(firewall, server.id) });
    return showAction(cloud.jobs.start(cloud.servers.get(server.id)!, { command, ms: cloud.sheet.times.small, locks: false }));
  };
  wire.on(`post ${base}/:id/activate/:vm`, (call) =>
    act(call, 'firewall_activate', ({ servers, stale, id: firewall }, id) => {
      // One at a time: the former one lets it go.
      for (const other of cloud.firewalls.filter((each) => each.id !== firewall && each.servers.includes(id)))
        cloud.firewalls.put({ ...other, servers: other.servers.filter((each) => each !== id) });
      attach(cloud, id, Number(firewall));
      return { servers: [...servers.filter((each) => each !== id), id], stale: stale.filter((each) => each !== id) };
    }),
  );
  wire.on(`post ${base}/:id/deactivate/:vm`, (call) =>
    act(call, 'firewall_deactivate', ({ servers, stale }, id) => {
      attach(cloud, id, null);
      return { servers: servers.filter((each) => each !== id), stale: stale.filter((each) => each !== id) };
    }),
  );
  wire.on(`post ${base}/:id/sync/:vm`, (call) =>
    act(call, 'firewall_sync', ({ stale }, id) => ({ stale: stale.filter((each) => each !== id) })),
  );
  wire.on(`post ${base}/:id/sync`, (call) => {
    const firewall = cloud.firewalls.put({ ...own(call), stale: [] });
    return showAction(
      cloud.jobs.startOn(call.account.id, [{ type: 'firewall', id: firewall.id }], 'firewall_sync', cloud.sheet.times.small),
    );
  });
}

function attach(cloud: Cloud, id: string, firewall: number | null): void {
  const server = cloud.servers.get(id);
  if (server) cloud.servers.put({ ...server, extra: { ...server.extra, firewall } });
}

/** @throws Refusal `invalid` */
function ruleOf(body: Record<string, unknown>): object {
  const [protocol, source] = [String(body['protocol']), String(body['source'])];
  if (!PROTOCOLS.includes(protocol)) throw new Refusal('invalid', 'The selected protocol is invalid.', 'protocol');
  if (source !== 'any' && source !== 'custom') throw new Refusal('invalid', 'The selected source is invalid.', 'source');
  const port = String(body['port'] ?? '');
  if (port !== 'any' && !/^\d{1,5}(:\d{1,5})?$/.test(port)) throw new Refusal('invalid', 'The port format is invalid.', 'port');
  return { action: 'accept', protocol, port, source, source_detail: source === 'any' ? 'any' : String(body['source_detail']) };
}

function showFirewall({ id, name, rules, stale, createdMs }: SimFirewall): object {
  const at = rfc3339(createdMs);
  return { id: Number(id), name, is_synced: stale.length === 0, rules, created_at: at, updated_at: at };
}

function mountKeys(wire: Wire, cloud: Cloud): void {
  const base = `${VPS}/public-keys`;
  wire.on(`get ${base}`, (call) =>
    paged(
      call,
      cloud.keys
        .filter(({ account }) => account === call.account.id)
        .map(({ id, name, publicKey }) => ({ id: Number(id), name, key: publicKey })),
    ),
  );
  wire.on(`post ${base}`, (call) => {
    const { id, name, publicKey } = cloud.addKey(call.account.id, { name: call.required('name'), publicKey: call.required('key') }, false);
    return { id: Number(id), name, key: publicKey };
  });
  wire.on(`post ${base}/attach/:vm`, (call) => {
    const server = machine(cloud, call, 'vm');
    const ids = call.strings('ids').map((id) => cloud.own(cloud.keys, call.account.id, id, 'Public key').id);
    const kept = cloud.change(server, { keyIds: [...new Set([...server.keyIds, ...ids])] });
    return showAction(cloud.jobs.start(kept, { command: 'attach_public_keys', ms: cloud.sheet.times.small, locks: false }));
  });
  wire.on(`delete ${base}/:id`, (call) => {
    cloud.keys.delete(cloud.own(cloud.keys, call.account.id, call.param('id'), 'Public key').id);
    return DONE;
  });
}

function mountScripts(wire: Wire, cloud: Cloud): void {
  const base = `${VPS}/post-install-scripts`;
  const own = (call: Call): SimScript => cloud.own(cloud.scripts, call.account.id, call.param('id'), 'Post-install script');
  const show = ({ id, name, content, createdMs }: SimScript): object => {
    const at = rfc3339(createdMs);
    return { id: Number(id), name, content, created_at: at, updated_at: at };
  };
  const asked = (call: Call): { name: string; content: string } => {
    const content = call.required('content');
    if (Buffer.byteLength(content) > SCRIPT_BYTES)
      throw new Refusal('invalid', 'The content may not be greater than 48 kilobytes.', 'content');
    return { name: call.required('name'), content };
  };
  wire.on(`get ${base}`, (call) => paged(call, cloud.scripts.filter(({ account }) => account === call.account.id).map(show)));
  wire.on(`post ${base}`, (call) =>
    show(cloud.scripts.put({ id: cloud.nextId(), account: call.account.id, createdMs: cloud.world.now(), ...asked(call) })),
  );
  wire.on(`get ${base}/:id`, (call) => show(own(call)));
  wire.on(`put ${base}/:id`, (call) => show(cloud.scripts.put({ ...own(call), ...asked(call) })));
  wire.on(`delete ${base}/:id`, (call) => {
    cloud.scripts.delete(own(call).id);
    return DONE;
  });
}
