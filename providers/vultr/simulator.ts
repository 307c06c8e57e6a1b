/** Vultr's API v2 on loopback. Its flags are in README.md. */
import { Router } from 'express';
import type { SimInstanceView, SimWorld, Simulation } from '../simulation.ts';
import { APPLICATIONS, PLANS, REGIONS, SYSTEMS, supportsWindows, type SimPlan } from './simulator-data.ts';
import { Refusal, accountOf, errorAnswer, gate, page, route, vultrDate } from './simulator-http.ts';
import { dropReverseNames } from './simulator-detail-routes.ts';
import { dropBackups, handleImageTimers, imagesOf } from './simulator-images.ts';
import { mountInstances } from './simulator-instance-routes.ts';
import { handleTimers, inStock, instancesOf, type SimInstance } from './simulator-instances.ts';
import { mountObjects, objectsOf } from './simulator-object-routes.ts';

function mountCatalog(router: Router, world: SimWorld): void {
  const stocked = (plan: SimPlan): SimPlan => ({ ...plan, locations: plan.locations.filter((region) => inStock(world, plan, region)) });
  const ofType = (type: unknown) => (plan: SimPlan) => type === undefined || type === 'all' || plan.type === type;
  router.get(
    '/v2/regions',
    route((request) => page(request, 'regions', REGIONS)),
  );
  router.get(
    '/v2/regions/:id/availability',
    route((request) => {
      const region = String(request.params['id']);
      if (!REGIONS.some((entry) => entry.id === region)) throw new Refusal(404, 'Invalid region.');
      const plans = PLANS.filter(ofType(request.query['type'])).filter((plan) => inStock(world, plan, region));
      return [200, { available_plans: plans.map((plan) => plan.id) }];
    }),
  );
  router.get(
    '/v2/plans',
    route((request) => {
      const windows = request.query['os'] === 'windows';
      const plans = PLANS.filter(ofType(request.query['type'])).filter((plan) => !windows || supportsWindows(plan));
      return page(request, 'plans', plans.map(stocked));
    }),
  );
  router.get(
    '/v2/os',
    route((request) => page(request, 'os', SYSTEMS)),
  );
  router.get(
    '/v2/applications',
    route((request) => page(request, 'applications', APPLICATIONS)),
  );
}

function mountAccount(router: Router, world: SimWorld): void {
  router.get(
    '/v2/account',
    route((_request, response) => {
      const account = accountOf(response);
      const acls = account.readOnly
        ? ['subscriptions_view']
        : ['subscriptions_view', 'subscriptions', 'billing', 'provisioning', 'upgrade', 'firewall'];
      const monthly = instancesOf(world)
        .filter((instance) => instance.account === account.id)
        .reduce((sum, instance) => sum + hoursOf(world, instance) * (PLANS.find((plan) => plan.id === instance.plan)?.hourly_cost ?? 0), 0);
      return [
        200,
        {
          account: {
            name: 'Simulated account',
            email: 'admin@example.com',
            acls,
            balance: -account.balance,
            pending_charges: Number(monthly.toFixed(2)),
            last_payment_date: vultrDate(world.now() - 86_400_000),
            last_payment_amount: -10,
          },
        },
      ];
    }),
  );
}

function hoursOf(world: SimWorld, instance: SimInstance): number {
  return Math.ceil((world.now() - instance.createdMs) / 3_600_000);
}

/** What goes with an instance; its snapshots stay. */
function forget(world: SimWorld, id: string): void {
  dropBackups(world, id);
  dropReverseNames(world, id);
  world.collection('drives').delete(id);
}

function viewOf(world: SimWorld, instance: SimInstance): SimInstanceView {
  const source = imagesOf(world).get(instance.snapshot_id);
  return {
    id: instance.id,
    label: instance.label,
    status: instance.status === 'active' && instance.power === 'stopped' ? 'stopped' : instance.status,
    region: instance.region,
    plan: instance.plan,
    image: String(instance.os_id),
    ipv4: instance.mainIp,
    ipv6: instance.mainIpv6,
    tags: instance.tags,
    createdAt: new Date(instance.createdMs).toISOString(),
    ...(source ? { copyOf: source.description } : {}),
    password: instance.password,
    ...(instance.userData === '' ? {} : { userData: Buffer.from(instance.userData, 'base64').toString('utf8') }),
  };
}

export const simulation: Simulation = {
  id: 'vultr',
  // Vultr's Go client reads only this very content type.
  contentType: 'application/json',
  // "30 requests per second"; new accounts hold few servers, this one is an established reseller's.
  accountDefaults: { rateLimit: { requests: 30, perMs: 1_000 }, instanceLimit: 500, balance: 100 },
  router(world) {
    handleTimers(world, (id) => forget(world, id));
    handleImageTimers(world);
    const router = Router();
    router.use(gate(world));
    mountAccount(router, world);
    mountCatalog(router, world);
    mountInstances(router, world);
    mountObjects(router, world);
    return router;
  },
  errorAnswer,
  instances: (world) =>
    instancesOf(world)
      .filter((instance) => !instance.removed)
      .map((instance) => viewOf(world, instance)),
  leftovers: (world) => [
    ...objectsOf(world),
    ...imagesOf(world)
      .filter((image) => image.kind === 'snapshot')
      .map(({ id, description }) => ({ kind: 'snapshot' as const, id, name: description })),
  ],
  removeBehindBack(world, id) {
    forget(world, id);
    return instancesOf(world).delete(id);
  },
  changeBehindBack(world, id, change) {
    const instance = instancesOf(world).get(id);
    if (!instance) return false;
    instancesOf(world).put({
      ...instance,
      ...(change.label === undefined ? {} : { label: change.label }),
      ...(change.plan === undefined ? {} : { plan: change.plan }),
      ...(change.power === undefined ? {} : { power: change.power === 'on' ? 'running' : 'stopped' }),
    });
    return true;
  },
  setStock(world, plan, region, available) {
    if (!PLANS.some((entry) => entry.id === plan) || !REGIONS.some((entry) => entry.id === region)) return false;
    const soldOut = world.collection('sold-out');
    if (available) soldOut.delete(`${plan}/${region}`);
    else soldOut.put({ id: `${plan}/${region}` });
    return true;
  },
};
