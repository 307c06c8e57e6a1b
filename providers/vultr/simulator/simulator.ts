/** Vultr's API v2 on loopback: its sheet, its catalog, its account. Flags beside those of `simulator/cloud/` are in README.md. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { Refusal, type Sheet, UUIDS } from '../../../simulator/cloud/model.ts';
import { type CloudWire, simulateCloud } from '../../../simulator/cloud/simulation.ts';
import { rfc3339, type Wire } from '../../../simulator/cloud/wire.ts';
import { adopt } from './adopt.ts';
import { APPLICATIONS, hourlyOf, planOf, PLANS, REGIONS, supportsWindows, SYSTEMS, type VultrPlan } from './data.ts';
import { mountDetails } from './details.ts';
import { mountImages } from './images.ts';
import { mountInstances } from './instances.ts';
import { mountObjects } from './objects.ts';
import { showPlan } from './shapes.ts';
import { errorAnswer, page, words } from './words.ts';

const sheet: Sheet = {
  id: 'vultr',
  plans: PLANS,
  regions: REGIONS,
  ids: UUIDS,
  times: {
    // An installation takes as long as its system does, and what is deleted is gone at once.
    create: 0,
    rebuild: 0,
    remove: 0,
    start: 8_000,
    stop: 5_000,
    reboot: 8_000,
    resize: 60_000,
    // Vultr speaks of up to 30 minutes, depending on the size; small ones take a few.
    snapshot: 120_000,
    small: 0,
    // A GET answers 404 this long after the create; lists are a little faster. Vendor's issue 462.
    listLag: 1_500,
    itemLag: 3_000,
  },
};

function mountCatalog(wire: Wire, cloud: Cloud): void {
  const ofType = (type: string | undefined) => (plan: VultrPlan) => type === undefined || type === 'all' || plan.type === type;
  wire.on('get /v2/regions', (call) => page(call, 'regions', REGIONS));
  wire.on('get /v2/regions/:id/availability', (call) => {
    const region = call.param('id');
    if (!REGIONS.some(({ id }) => id === region)) throw new Refusal('not_found', 'Invalid region.');
    const plans = PLANS.filter(ofType(call.query('type'))).filter((plan) => cloud.inStock(plan, region));
    return { available_plans: plans.map(({ id }) => id) };
  });
  wire.on('get /v2/plans', (call) => {
    const windows = call.query('os') === 'windows';
    const plans = PLANS.filter(ofType(call.query('type'))).filter((plan) => !windows || supportsWindows(plan));
    return page(call, 'plans', plans, (plan) => showPlan(cloud, plan));
  });
  wire.on('get /v2/os', (call) => page(call, 'os', SYSTEMS));
  wire.on('get /v2/applications', (call) => page(call, 'applications', APPLICATIONS));
}

function mountAccount(wire: Wire, { world, servers }: Cloud): void {
  wire.on('get /v2/account', ({ account }) => {
    const acls = account.readOnly
      ? ['subscriptions_view']
      : ['subscriptions_view', 'subscriptions', 'billing', 'provisioning', 'upgrade', 'firewall'];
    const hours = (createdMs: number): number => Math.ceil((world.now() - createdMs) / 3_600_000);
    const own = servers.filter((server) => server.account === account.id);
    const pending = own.reduce((sum, { createdMs, plan }) => sum + hours(createdMs) * hourlyOf(planOf(plan)), 0);
    return {
      account: {
        name: 'Simulated account',
        email: 'admin@example.com',
        acls,
        balance: -account.balance,
        pending_charges: Number(pending.toFixed(2)),
        last_payment_date: rfc3339(world.now() - 86_400_000),
        last_payment_amount: -10,
      },
    };
  });
}

const vultr: CloudWire = {
  sheet,
  words,
  // Vultr's Go client reads only this very content type.
  contentType: 'application/json',
  // "30 requests per second"; new accounts hold few servers, this one is an established reseller's.
  accountDefaults: { rateLimit: { requests: 30, perMs: 1_000 }, instanceLimit: 500, balance: 100 },
  adopt,
  mount(wire, cloud) {
    mountAccount(wire, cloud);
    mountCatalog(wire, cloud);
    mountInstances(wire, cloud);
    mountImages(wire, cloud);
    mountDetails(wire, cloud);
    mountObjects(wire, cloud);
  },
  errorAnswer,
};

export const simulation = simulateCloud(vultr);
