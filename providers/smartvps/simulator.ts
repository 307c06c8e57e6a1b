/**
 * SmartVPS's API on loopback: packages of addresses, machines known by their address, answers as text or as JSON inside a JSON string.
 * Flags beside those of `simulator/cloud/`: `package-missing`, `package-suspended`, `package-renamed` (objectId: the package's id),
 * `plain-json` (answers are not encoded twice), `buy-refused` (a purchase answers "error|…").
 */
import type { Collection } from '../simulation.ts';
import type { Cloud } from '../../simulator/cloud/cloud.ts';
import { numbersFrom, Refusal, type Sheet, type SimServer } from '../../simulator/cloud/model.ts';
import { type CloudWire, simulateCloud } from '../../simulator/cloud/simulation.ts';
import type { Call, Wire } from '../../simulator/cloud/wire.ts';

const BASE = '/api/oceansmart';
const SYSTEMS = ['2012', '2016', '2019', '2022', '11', 'centos', 'ubuntu'];
const MONTH_MS = 30 * 86_400_000;
/** `status` says "error" until a new machine is ready, and tells no password for a while after that. */
const READY_MS = 60_000;
const PASSWORD_MS = 90_000;

interface Package {
  id: string;
  name: string;
  ipv4: number;
  taken: number;
  status: string;
}

/** Memory in GB is what a machine is bought by. */
const MEMORY: readonly [number, number, number][] = [
  [4, 2, 60],
  [8, 4, 100],
  [16, 4, 160],
  [32, 8, 240],
];
/** Id, name, free addresses, status. Some stand twice, as at the real provider. */
const PACKAGES: readonly [string, string, number, string][] = [
  ...Array.from({ length: 14 }, (_, n): [string, string, number, string] => [String(101 + n), `198.19.${201 + n}.x`, 20 + n, 'active']),
  ['115', '198.19.215', 12, 'active'],
  ['116', '198.19.216', 0, 'active'],
  ['117', '198.19.217.x', 8, 'suspended'],
  ['123', '198.19.218.2', 1, 'active'],
];
const TWICE = ['101', '115'];

const sheet: Sheet = {
  id: 'smartvps',
  plans: MEMORY.map(([gb, vcpus, diskGb]) => {
    return { id: String(gb), vcpus, memoryMb: gb * 1024, diskGb, regions: PACKAGES.map(([id, name]) => `${id}::${name}`) };
  }),
  regions: PACKAGES.map(([id, name]) => ({ id: `${id}::${name}` })),
  ids: numbersFrom(),
  times: {
    create: READY_MS,
    start: 10_000,
    stop: 10_000,
    reboot: 15_000,
    resize: 0,
    rebuild: 120_000,
    remove: 5_000,
    snapshot: 0,
    small: 1_000,
    listLag: 0,
    itemLag: 0,
  },
};

function packagesOf(cloud: Cloud): Collection<Package> {
  const packages = cloud.world.collection<Package>('packages');
  if (packages.all().length === 0) for (const [id, name, ipv4, status] of PACKAGES) packages.put({ id, name, ipv4, taken: 0, status });
  return packages;
}

/** What the stock says now: sold-out marks and flags included. */
function stock(cloud: Cloud): { id: string; name: string; ipv4: number; status: string }[] {
  return packagesOf(cloud)
    .filter(({ id }) => !cloud.world.hasFlag('package-missing', id))
    .map(({ id, name, ipv4, taken, status }) => ({
      id,
      name: cloud.world.hasFlag('package-renamed', id) ? `${name}-renamed` : name,
      ipv4: cloud.world.collection('sold-out').get(id) === undefined ? Math.max(0, ipv4 - taken) : 0,
      status: cloud.world.hasFlag('package-suspended', id) ? 'suspended' : status,
    }));
}

function say(call: Call, text: string): void {
  call.response.type('text/plain').send(text);
}
/** As the live API mostly does: the JSON as a string inside JSON. */
function tell(cloud: Cloud, call: Call, value: unknown): void {
  const text = JSON.stringify(value);
  call.response.type('application/json').send(cloud.world.hasFlag('plain-json') ? text : JSON.stringify(text));
}

function mountStock(wire: Wire, cloud: Cloud): void {
  for (const method of ['get', 'post'] as const)
    wire.on(`${method} ${BASE}/ipstock`, (call) => {
      const packages = stock(cloud);
      // Ids are numbers here and strings there.
      const shown = [...packages, ...packages.filter(({ id }) => TWICE.includes(id)).map((each) => ({ ...each, id: Number(each.id) }))];
      return tell(cloud, call, { status: 1, packages: shown });
    });
  wire.on(`post ${BASE}/buyvps`, (call) => {
    const [name, ram] = [call.text('ip'), call.text('ram')];
    const found = stock(cloud).find((each) => each.name === name);
    if (!found || found.status !== 'active') return say(call, 'error|Package not available');
    if (found.ipv4 < 1) return say(call, 'error|No IP available in this package');
    if (cloud.planOf(ram) === undefined) return say(call, 'error|Invalid RAM');
    if (cloud.world.hasFlag('buy-refused', call.account.id) || cloud.world.hasFlag('unpaid', call.account.id))
      return say(call, 'error|Insufficient balance');
    const held = packagesOf(cloud).get(found.id)!;
    packagesOf(cloud).put({ ...held, taken: held.taken + 1 });
    const address = addressIn(cloud, name);
    const made = cloud.make(call.account, {
      id: address,
      ipv4: address,
      ipv6: false,
      name: address,
      region: `${found.id}::${name}`,
      plan: ram,
      image: '2022',
      paidUntilMs: cloud.world.now() + MONTH_MS,
    });
    // Nothing renews by itself there.
    const server = cloud.change(made, { renews: false });
    cloud.jobs.start(server, { command: 'buy', ms: READY_MS, ending: { server: { phase: 'ready', power: 'on' } } });
    return say(call, `success|Congratulations your order is complete. Your ip is: ${address}`);
  });
}

/** A free host of the package's network; a package that is one address is that. */
function addressIn(cloud: Cloud, name: string): string {
  const network = name.replace(/\.x$/, '');
  if (network.split('.').length === 4) return network;
  for (let host = 10; host < 250; host++) {
    const address = `${network}.${host}`;
    if (cloud.servers.get(address) === undefined) return address;
  }
  throw new Refusal('sold_out', 'no address left');
}

function mountMachines(wire: Wire, cloud: Cloud): void {
  const machine = (call: Call): SimServer | undefined => {
    const server = cloud.servers.get(call.text('ip'));
    return server?.account === call.account.id ? server : undefined;
  };
  wire.on(`post ${BASE}/status`, (call) => {
    const server = machine(call);
    if (!server || server.phase === 'creating') return say(call, 'error');
    const told = cloud.world.now() - server.createdMs >= cloud.world.scale(PASSWORD_MS);
    return tell(cloud, call, {
      IP: server.ipv4,
      OS: server.image,
      Usernane: ['centos', 'ubuntu'].includes(server.image) ? 'root' : 'Administrator',
      Password: told ? server.password : '',
      ActionStatus: server.lockedBy === null ? '' : server.phase,
      MachineStatus: 'active',
      PowerStatus: server.power === 'on' ? 'running' : 'stopped',
      RAM: server.plan,
      ExpiryDate: new Date(server.paidUntilMs!).toISOString().slice(0, 10),
    });
  });
  const act = (name: string, run: (server: SimServer, call: Call) => string | undefined): void =>
    wire.on(`post ${BASE}/${name}`, (call) => {
      const server = machine(call);
      if (!server || server.phase === 'creating') return say(call, 'error|VPS not found');
      if (server.lockedBy !== null) return say(call, 'error|Another action is in progress');
      const refused = run(server, call);
      return say(call, refused === undefined ? 'success|Request accepted' : `error|${refused}`);
    });
  const { times } = cloud.sheet;
  const power = (power: 'on' | 'off', ms: number, during: SimServer['phase']) => (server: SimServer) =>
    void cloud.jobs.start(server, { command: power, ms, during: { phase: during }, ending: { server: { phase: 'ready', power } } });
  act('start', power('on', times.start, 'starting'));
  act('stop', power('off', times.stop, 'stopping'));
  const install = (server: SimServer, image: string): void => {
    const fresh = { phase: 'ready' as const, power: 'on' as const, image, password: cloud.password() };
    cloud.jobs.start(server, { command: 'format', ms: times.rebuild, during: { phase: 'rebuilding' }, ending: { server: fresh } });
  };
  act('format', (server) => void install(server, server.image));
  act('changeos', (server, call) => {
    if (!SYSTEMS.includes(call.text('os'))) return 'Invalid OS';
    install(server, call.text('os'));
    return undefined;
  });
  act('renewvps', (server) => void cloud.extend(server));
}

const smartvps: CloudWire = {
  sheet,
  words: {
    open: ({ path }) => !path.startsWith('/api/oceansmart/'),
    credential(request) {
      const basic = /^Basic (\S+)$/i.exec(request.get('authorization') ?? '')?.[1];
      const [user, password] = Buffer.from(basic ?? '', 'base64')
        .toString('utf8')
        .split(':');
      return user !== undefined && password !== undefined && password.startsWith('sim-') ? user : undefined;
    },
    refuse: (kind) =>
      kind === 'credentials'
        ? { status: 401, body: 'Unauthorized' }
        : { status: kind === 'rate_limited' ? 429 : 200, body: `error|${kind}` },
  },
  accountDefaults: { rateLimit: { requests: 60, perMs: 60_000 } },
  mount(wire, cloud) {
    mountStock(wire, cloud);
    mountMachines(wire, cloud);
  },
  errorAnswer: (status) => ({ body: { Message: status === 404 ? 'No HTTP resource was found.' : 'An error has occurred.' } }),
};

const simulated = simulateCloud(smartvps);

export const simulation = {
  ...simulated,
  /** `region` is a package, as `<id>::<name>`. */
  setStock(...[world, , region, available]: Parameters<NonNullable<typeof simulated.setStock>>): boolean {
    const [id] = region.split('::');
    if (!PACKAGES.some(([each]) => each === id)) return false;
    const soldOut = world.collection('sold-out');
    if (available) soldOut.delete(id!);
    else soldOut.put({ id: id! });
    return true;
  },
};
