/** The account with its events, its settings and its share of traffic, and the profile with its SSH keys. */
import type { SimKey } from '../../../simulator/cloud/model.ts';
import type { Call } from '../../../simulator/cloud/wire.ts';
import type { SimAccount } from '../../simulation.ts';
import { type Linodes, type SimEvent, typeOf } from './linodes.ts';
import { no, paged, type Routes, stamp } from './wire.ts';

const KEY = /^(ssh-(rsa|ed25519|dss)|ecdsa-sha2-nistp\d+|sk-\S+) [A-Za-z0-9+/]+=*/;

export function mountAccount(on: Routes, linodes: Linodes): void {
  const { cloud, events } = linodes;
  const one = (call: Call): SimEvent => cloud.own(events, call.account.id, call.param('id'), 'event');
  on('get /account', (call) => accountView(call.account));
  on('get /account/events', (call) => {
    const mine = events.filter(({ account }) => account === call.account.id);
    return paged(call, mine.toReversed(), eventView);
  });
  on('get /account/events/:id', (call) => eventView(one(call)));
  for (const mark of ['seen', 'read']) on(`post /account/events/:id/${mark}`, (call) => void events.put({ ...one(call), [mark]: true }));
  on('get /account/settings', () => ({
    managed: false,
    network_helper: true,
    longview_subscription: null,
    backups_enabled: false,
    object_storage: null,
    interfaces_for_new_linodes: 'legacy_config_default_but_linode_allowed',
    maintenance_policy: 'linode/migrate',
  }));
  on('get /account/transfer', (call) => {
    const quota = linodes.of(call).reduce((sum, { plan }) => sum + typeOf(plan).transfer, 0);
    return { billable: 0, quota, used: 0, region_transfers: [] };
  });
  on('get /profile', (call) => profileView(call.account));
  mountKeys(on, linodes);
}

function mountKeys(on: Routes, { cloud, world }: Linodes): void {
  const { keys } = cloud;
  const own = (call: Call): SimKey => cloud.own(keys, call.account.id, call.param('id'), 'key');
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

function eventView(event: SimEvent): Record<string, unknown> {
  return {
    id: Number(event.id),
    action: event.action,
    status: event.status,
    created: stamp(event.createdMs),
    entity: event.entity,
    secondary_entity: event.secondary,
    username: 'simulated',
    percent_complete: event.status === 'started' ? 50 : 100,
    duration: event.durationMs / 1_000,
    rate: null,
    time_remaining: null,
    seen: event.seen,
    read: event.read,
    message: event.message ?? '',
  };
}

const emailOf = ({ id }: SimAccount): string => `${id.replace(/[^a-z0-9-]/gi, '').slice(0, 40)}@simulator.invalid`;

function accountView(account: SimAccount): Record<string, unknown> {
  return {
    company: 'Simulated Hosting',
    email: emailOf(account),
    first_name: 'Sam',
    last_name: 'Simulated',
    address_1: '1 Loopback Street',
    address_2: '',
    city: 'Philadelphia',
    state: 'PA',
    zip: '19106',
    country: 'US',
    phone: '2155550100',
    tax_id: '',
    active_since: '2020-01-01T00:01:01',
    active_promotions: [],
    balance: -account.balance,
    balance_uninvoiced: 0,
    billing_source: 'linode',
    capabilities: ['Linodes', 'NodeBalancers', 'Block Storage', 'Cloud Firewall', 'Placement Group', 'Block Storage Encryption'],
    credit_card: { last_four: '1111', expiry: '11/2030' },
    euuid: 'E1AF5EEC-526F-487D-B317EBEB34C87D71',
  };
}

function profileView(account: SimAccount): Record<string, unknown> {
  return {
    uid: 1234,
    username: 'simulated',
    email: emailOf(account),
    timezone: 'UTC',
    email_notifications: true,
    referrals: { code: '', completed: 0, credit: 0, pending: 0, total: 0, url: 'https://www.linode.com/' },
    ip_whitelist_enabled: false,
    lish_auth_method: 'password_keys',
    authorized_keys: null,
    two_factor_auth: false,
    restricted: account.readOnly,
    authentication_type: 'password',
    verified_phone_number: null,
  };
}
