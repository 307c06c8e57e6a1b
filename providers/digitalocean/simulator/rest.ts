/** Everything beside droplets: account, catalogue, keys, firewalls, tags. */
import { createHash } from 'node:crypto';
import type { Request, Response, Router } from 'express';
import { REGIONS, SIZES } from './catalog.ts';
import { ownDroplet } from './droplets.ts';
import { firewallShape, keyShape, regionShape, sizeShape } from './shapes.ts';
import {
  accountOf,
  addTag,
  ApiFailure,
  findSize,
  isoNow,
  notFound,
  sendPage,
  unprocessable,
  type Cloud,
  type SimFirewall,
  type SimKey,
} from './state.ts';

export function restRoutes(router: Router, cloud: Cloud): void {
  accountRoutes(router, cloud);
  catalogRoutes(router, cloud);
  keyRoutes(router, cloud);
  firewallRoutes(router, cloud);
  tagRoutes(router, cloud);
}

function accountRoutes(router: Router, cloud: Cloud): void {
  router.get('/v2/account', (_request, response) => {
    const { id, instanceLimit } = accountOf(response);
    const digest = createHash('sha256').update(id).digest('hex');
    response.json({
      account: {
        droplet_limit: instanceLimit,
        floating_ip_limit: 3,
        email: `${digest.slice(0, 8)}@simulator.example`,
        name: 'Simulated account',
        uuid: digest.slice(0, 32),
        email_verified: true,
        status: 'active',
        status_message: '',
        team: { uuid: digest.slice(32, 64), name: 'Simulated team' },
      },
    });
  });
  router.get('/v2/customers/my/balance', (_request, response) => {
    const account = accountOf(response);
    const usage = cloud.droplets
      .filter((droplet) => droplet.account === account.id)
      .reduce((sum, droplet) => sum + findSize(droplet.size)!.price_monthly / 30, 0);
    response.json({
      month_to_date_balance: (account.balance + usage).toFixed(2),
      account_balance: account.balance.toFixed(2),
      month_to_date_usage: usage.toFixed(2),
      generated_at: isoNow(cloud.world),
    });
  });
}

function catalogRoutes(router: Router, cloud: Cloud): void {
  router.get('/v2/regions', (request, response) =>
    sendPage(
      request,
      response,
      'regions',
      REGIONS.map((region) => regionShape(cloud, region)),
    ),
  );
  router.get('/v2/sizes', (request, response) =>
    sendPage(
      request,
      response,
      'sizes',
      SIZES.map((size) => sizeShape(cloud, size)),
    ),
  );
}

function keyRoutes(router: Router, cloud: Cloud): void {
  const own = (response: Response, id: string | undefined): SimKey => {
    const account = accountOf(response).id;
    const key = cloud.keys.find((key) => key.account === account && (key.id === id || key.fingerprint === id));
    if (!key) throw notFound();
    return key;
  };
  router.get('/v2/account/keys', (request, response) => {
    sendPage(request, response, 'ssh_keys', cloud.keys.filter((key) => key.account === accountOf(response).id).map(keyShape));
  });
  router.post('/v2/account/keys', (request, response) => {
    const account = accountOf(response).id;
    const { name, public_key: publicKey } = (request.body ?? {}) as Record<string, unknown>;
    const blob = typeof publicKey === 'string' ? publicKey.trim().split(/\s+/)[1] : undefined;
    if (typeof name !== 'string' || name === '') throw unprocessable("Name can't be blank");
    if (typeof publicKey !== 'string' || blob === undefined || !/^[A-Za-z0-9+/=]{40,}$/.test(blob))
      throw unprocessable('Key invalid, key should be of the format `type key [comment]`');
    const fingerprint = createHash('md5').update(Buffer.from(blob, 'base64')).digest('hex').match(/../g)!.join(':');
    if (cloud.keys.find((key) => key.account === account && key.fingerprint === fingerprint))
      throw unprocessable('SSH Key is already in use on your account');
    const key = cloud.keys.put({ id: String(cloud.world.nextInt('key', 44_000_001)), account, name, publicKey, fingerprint });
    response.status(201).json({ ssh_key: keyShape(key) });
  });
  router.get('/v2/account/keys/:id', (request, response) => void response.json({ ssh_key: keyShape(own(response, request.params.id)) }));
  router.put('/v2/account/keys/:id', (request, response) => {
    const key = own(response, request.params.id);
    const { name } = (request.body ?? {}) as { name?: string };
    if (!name) throw unprocessable("Name can't be blank");
    response.json({ ssh_key: keyShape(cloud.keys.put({ ...key, name })) });
  });
  router.delete('/v2/account/keys/:id', (request, response) => {
    cloud.keys.delete(own(response, request.params.id).id);
    response.status(204).end();
  });
}

function firewallRoutes(router: Router, cloud: Cloud): void {
  const own = (response: Response, id: string | undefined): SimFirewall => {
    const firewall = cloud.firewalls.get(id ?? '');
    if (!firewall || firewall.account !== accountOf(response).id) throw notFound();
    return firewall;
  };
  const content = (request: Request, response: Response, id?: string): Omit<SimFirewall, 'id' | 'account' | 'createdAt'> => {
    const body = (request.body ?? {}) as Record<string, unknown>;
    const name = String(body['name'] ?? '');
    const account = accountOf(response).id;
    if (!/^[a-zA-Z0-9][a-zA-Z0-9.-]+$/.test(name)) throw new ApiFailure(400, 'invalid_request', 'name is invalid');
    if (cloud.firewalls.find((other) => other.account === account && other.name === name && other.id !== id))
      throw new ApiFailure(409, 'conflict', 'duplicate name');
    const inboundRules = normalRules(body['inbound_rules'], 'sources');
    const outboundRules = normalRules(body['outbound_rules'], 'destinations');
    if (inboundRules.length + outboundRules.length === 0)
      throw new ApiFailure(400, 'invalid_request', 'a firewall needs at least one rule');
    const dropletIds = ((body['droplet_ids'] ?? []) as number[]).map(Number);
    for (const dropletId of dropletIds) ownDroplet(cloud, response, String(dropletId));
    return { name, inboundRules, outboundRules, dropletIds, tags: (body['tags'] ?? []) as string[] };
  };
  router.get('/v2/firewalls', (request, response) => {
    sendPage(request, response, 'firewalls', cloud.firewalls.filter((one) => one.account === accountOf(response).id).map(firewallShape));
  });
  router.post('/v2/firewalls', (request, response) => {
    const made = { ...content(request, response), id: cloud.world.uuid(), account: accountOf(response).id, createdAt: isoNow(cloud.world) };
    response.status(202).json({ firewall: firewallShape(cloud.firewalls.put(made)) });
  });
  router.get('/v2/firewalls/:id', (request, response) => void response.json({ firewall: firewallShape(own(response, request.params.id)) }));
  router.put('/v2/firewalls/:id', (request, response) => {
    const firewall = own(response, request.params.id);
    response.json({ firewall: firewallShape(cloud.firewalls.put({ ...firewall, ...content(request, response, firewall.id) })) });
  });
  router.delete('/v2/firewalls/:id', (request, response) => {
    cloud.firewalls.delete(own(response, request.params.id).id);
    response.status(204).end();
  });
}

/** The API answers `all` ports as `0`, and icmp with ports `0`. */
function normalRules(rules: unknown, peers: 'sources' | 'destinations'): Record<string, unknown>[] {
  return ((rules ?? []) as Record<string, unknown>[]).map((rule) => {
    if (!['tcp', 'udp', 'icmp'].includes(String(rule['protocol']))) throw new ApiFailure(400, 'invalid_request', 'unknown protocol');
    const ports = rule['protocol'] === 'icmp' || rule['ports'] === 'all' || rule['ports'] === undefined ? '0' : rule['ports'];
    return { protocol: rule['protocol'], ports, [peers]: rule[peers] ?? {} };
  });
}

function tagRoutes(router: Router, cloud: Cloud): void {
  const shape = (account: string, name: string): Record<string, unknown> => {
    const count = cloud.droplets.filter((droplet) => droplet.account === account && droplet.tags.includes(name)).length;
    return { name, resources: { count, droplets: { count } } };
  };
  router.get('/v2/tags', (request, response) => {
    const { id } = accountOf(response);
    sendPage(
      request,
      response,
      'tags',
      cloud.tags.filter((tag) => tag.account === id).map((tag) => shape(id, tag.name)),
    );
  });
  router.post('/v2/tags', (request, response) => {
    const { id } = accountOf(response);
    const name = String((request.body as { name?: unknown } | undefined)?.name ?? '');
    addTag(cloud, id, name);
    response.status(201).json({ tag: shape(id, name) });
  });
  const own = (request: Request, response: Response): string => {
    const name = String(request.params['name']);
    if (!cloud.tags.get(`${accountOf(response).id}/${name}`)) throw notFound();
    return name;
  };
  router.get('/v2/tags/:name', (request, response) => {
    response.json({ tag: shape(accountOf(response).id, own(request, response)) });
  });
  // What carried the tag goes on without it.
  router.delete('/v2/tags/:name', (request, response) => {
    const { id } = accountOf(response);
    const name = own(request, response);
    for (const droplet of cloud.droplets.filter(({ account, tags }) => account === id && tags.includes(name)))
      cloud.droplets.put({ ...droplet, tags: droplet.tags.filter((tag) => tag !== name) });
    cloud.tags.delete(`${id}/${name}`);
    response.status(204).end();
  });
  const change = (request: Request, response: Response, edit: (tags: string[], name: string) => string[]): void => {
    const name = own(request, response);
    const { resources = [] } = (request.body ?? {}) as { resources?: { resource_id: string; resource_type: string }[] };
    for (const resource of resources) {
      const droplet = ownDroplet(cloud, response, String(resource.resource_id));
      cloud.droplets.put({ ...droplet, tags: edit(droplet.tags, name) });
    }
    response.status(204).end();
  };
  router.post('/v2/tags/:name/resources', (request, response) => change(request, response, (tags, name) => [...new Set([...tags, name])]));
  router.delete('/v2/tags/:name/resources', (request, response) =>
    change(request, response, (tags, name) => tags.filter((tag) => tag !== name)),
  );
}
