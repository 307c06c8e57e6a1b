import { describe, expect, test } from 'vitest';
import type { ResourceDefinition } from '../resource.ts';
import { openApiCheck } from '../testing/openapi-check.ts';
import { recordTraffic } from '../testing/traffic.ts';
import { compute as computeOf } from './compute.ts';
import { PUBLIC_ISOS } from './simulator/data.ts';
import {
  createOf,
  instanceInputs,
  urn,
  withBench,
  type Bench,
  instanceResource,
  reverseIpv4Resource,
  reverseIpv6Resource,
} from './testing.ts';
import { expandIpv6 } from './ipv6.ts';

const spec = openApiCheck('vultr');
const RESCUE = PUBLIC_ISOS[2].id;

/** Where the published document of 2023 is known to be behind the live API: [path, complaint], each with its reason. */
const DELTAS: readonly [RegExp, RegExp][] = [
  // Prices of some plans are not whole dollars (vc2-1c-0.5gb is $3.50); the document says integer.
  [/\/v2\/plans$/, /monthly_cost must be integer/],
];

async function call(bench: Bench, method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown; text: string }> {
  const answer = await fetch(bench.connection.endpoint.baseUrl + path, {
    method,
    headers: { authorization: `Bearer ${bench.connection.credential['apiKey']}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text), text };
}

test('errors are compact and carry their status', () =>
  withBench(async (bench) => {
    expect((await call(bench, 'GET', '/v2/instances/none')).text).toBe('{"error":"instance not found","status":404}');
    expect((await call(bench, 'GET', '/v2/vpc2')).text).toBe('{"error":"Not found.","status":404}');
    const answer = await fetch(`${bench.connection.endpoint.baseUrl}/v2/account`, { headers: { authorization: 'Bearer nobody' } });
    expect(await answer.text()).toBe('{"error":"Invalid API token.","status":401}');
    expect(answer.status).toBe(401);
  }));

test('what is not there is told in Vultr’s words', () =>
  withBench(async (bench) => {
    const group = await call(bench, 'POST', '/v2/firewalls', { description: 'words' });
    const { id } = (group.body as { firewall_group: { id: string } }).firewall_group;
    expect(await call(bench, 'GET', `/v2/firewalls/${id}/rules/7`)).toMatchObject({
      status: 404,
      body: { error: 'Firewall rule ID not found' },
    });
    expect(await call(bench, 'GET', '/v2/startup-scripts/none')).toMatchObject({
      status: 404,
      body: { error: 'Invalid startup script ID' },
    });
    for (const path of ['/v2/iso', '/v2/vpcs', '/v2/blocks', '/v2/reserved-ips', '/v2/domains', '/v2/billing/history'])
      expect(await call(bench, 'GET', path), path).toMatchObject({ status: 404, body: { error: 'Not found.', status: 404 } });
  }));

test('several servers are halted and started at once, or none; a reverse name of IPv6 is listed in full', () =>
  withBench(async (bench) => {
    const make = (name: string) => createOf(bench, instanceResource, name, instanceInputs({ label: name, enableIpv6: true }));
    const [one, two] = [await make('one'), await make('two')];
    const ids = [one.id, two.id];
    const compute = computeOf(bench.client);
    const states = () => Promise.all(ids.map(async (id) => (await compute.getInstance(id))?.status));
    expect((await call(bench, 'POST', '/v2/instances/halt', { instance_ids: [...ids, 'none'] })).status).toBe(404);
    expect((await call(bench, 'POST', '/v2/instances/halt', { instance_ids: ids })).status).toBe(204);
    await expect.poll(states, { timeout: 15_000 }).toEqual(['stopped', 'stopped']);
    expect((await call(bench, 'POST', '/v2/instances/start', { instance_ids: ids })).status).toBe(204);
    await expect.poll(states, { timeout: 15_000 }).toEqual(['running', 'running']);
    expect((await call(bench, 'POST', '/v2/instances/reboot', { instance_ids: [] })).status).toBe(400);
    const ip = String(one.outputs['v6MainIp']);
    const named = await createOf(bench, reverseIpv6Resource, 'ptr', { instanceId: one.id, ip, reverse: 'web.plinth.test' });
    expect(named.id).toBe(expandIpv6(ip));
    const listed = await call(bench, 'GET', `/v2/instances/${one.id}/ipv6/reverse`);
    expect(listed.body).toEqual({ reverse_ipv6s: [{ ip: named.id, reverse: 'web.plinth.test' }] });
  }));

test('more than 30 calls in a second are refused', () =>
  withBench(async (bench) => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => call(bench, 'GET', '/v2/account')));
    expect(answers.filter((answer) => answer.status === 429)).toHaveLength(10);
  }, 1));

test('a new instance answers 404, then has no address, then serves; vpc2 is gone', () =>
  withBench(
    async (bench) => {
      const made = await call(bench, 'POST', '/v2/instances', { region: 'ewr', plan: 'vc2-1c-2gb', os_id: 2284 });
      expect(made).toMatchObject({ status: 202, body: { instance: { status: 'pending', main_ip: '0.0.0.0', server_status: 'none' } } });
      const { id } = (made.body as { instance: { id: string } }).instance;
      expect((await call(bench, 'GET', `/v2/instances/${id}`)).status).toBe(404);
      await expect.poll(() => call(bench, 'GET', `/v2/instances/${id}`), { timeout: 20_000 }).toMatchObject({ status: 200 });
      expect((await call(bench, 'GET', `/v2/instances/${id}`)).body).not.toHaveProperty('instance.default_password');
      expect(await call(bench, 'DELETE', `/v2/instances/${id}`)).toMatchObject({
        status: 500,
        body: { error: 'Unable to destroy server: Unable to remove VM: Server is currently locked', status: 500 },
      });
      await expect
        .poll(() => call(bench, 'GET', `/v2/instances/${id}`), { timeout: 20_000 })
        .toMatchObject({ body: { instance: { status: 'active', server_status: 'ok' } } });
      expect((await call(bench, 'GET', `/v2/instances/${id}/vpc2`)).status).toBe(404);
      expect((await call(bench, 'GET', `/v2/instances/${id}/vpcs`)).status).toBe(200);
    },
    // Slow enough that a busy machine does not miss the three seconds of 404.
    15,
  ));

describe.skipIf(!spec)('against the published API', () => {
  test(
    'answers have the published shapes',
    () =>
      withBench(async (bench) => {
        const { id, outputs } = await createOf(bench, instanceResource, 'web', instanceInputs({ enableIpv6: true }));
        const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ me';
        const posts: [string, unknown, string][] = [
          ['/v2/ssh-keys', { name: 'a', ssh_key: key }, 'ssh_key'],
          ['/v2/startup-scripts', { name: 'a', script: 'ZWNobw==' }, 'startup_script'],
          ['/v2/firewalls', { description: 'a' }, 'firewall_group'],
        ];
        const problems: string[] = [];
        const judge = async (method: string, path: string, body?: unknown) => {
          const answer = await call(bench, method, path, body);
          const plain = path.replace(/\?.*$/, '');
          const found = spec!.answer(method, plain.replace(/^\/v2/, ''), answer.status, answer.body);
          const unknown = found.filter((complaint) => !DELTAS.some(([where, what]) => where.test(plain) && what.test(complaint)));
          problems.push(...unknown.map((complaint) => `${method} ${path} ${answer.status}: ${complaint}`));
          return answer.body as Record<string, { id: string }>;
        };
        for (const [path, body, envelope] of posts) {
          const made = await judge('POST', path, body);
          await judge('GET', path);
          await judge('GET', `${path}/${made[envelope]!.id}`);
          if (envelope === 'firewall_group') {
            const rule = { ip_type: 'v4', protocol: 'tcp', subnet: '0.0.0.0', subnet_size: 0, port: '80:443' };
            await judge('POST', `${path}/${made[envelope]!.id}/rules`, rule);
            await judge('GET', `${path}/${made[envelope]!.id}/rules`);
          }
          await judge('DELETE', `${path}/${made[envelope]!.id}`);
        }
        const settled = (path: string, state: Record<string, unknown>) =>
          expect.poll(() => call(bench, 'GET', path), { timeout: 10_000 }).toMatchObject({ body: state });
        const snapshot = (await judge('POST', '/v2/snapshots', { instance_id: id, description: 'a' }))['snapshot']!.id;
        await settled(`/v2/snapshots/${snapshot}`, { snapshot: { status: 'complete' } });
        await judge('GET', '/v2/snapshots');
        await judge('GET', `/v2/snapshots/${snapshot}`);
        await judge('PUT', `/v2/snapshots/${snapshot}`, { description: 'b' });
        for (const change of [
          { path: 'restore', body: { snapshot_id: snapshot } },
          { path: 'iso/attach', body: { iso_id: RESCUE } },
          { path: 'iso/detach' },
        ]) {
          await judge('POST', `/v2/instances/${id}/${change.path}`, change.body);
          await judge('GET', `/v2/instances/${id}/iso`);
          await settled(`/v2/instances/${id}`, { instance: { status: 'active', server_status: 'ok' } });
        }
        await judge('DELETE', `/v2/snapshots/${snapshot}`);
        await judge('PATCH', `/v2/instances/${id}`, { backups: 'enabled' });
        await settled('/v2/backups', { backups: [{ status: 'complete' }] });
        const [backup] = (await judge('GET', `/v2/backups?instance_id=${id}`))['backups'] as unknown as { id: string }[];
        await judge('GET', `/v2/backups/${backup!.id}`);
        const ip = expandIpv6(String(outputs['v6MainIp']));
        await judge('POST', `/v2/instances/${id}/ipv6/reverse`, { ip, reverse: 'web.example.com' });
        await judge('GET', `/v2/instances/${id}/ipv6/reverse`);
        await judge('DELETE', `/v2/instances/${id}/ipv6/reverse/${ip}`);
        for (const path of ['account', 'regions', 'plans', 'os', 'iso-public', 'applications', 'instances', 'regions/ewr/availability'])
          await judge('GET', `/v2/${path}`);
        for (const part of ['', '/bandwidth', '/upgrades', '/user-data', '/backup-schedule', '/ipv4', '/ipv6', '/vpcs'])
          await judge('GET', `/v2/instances/${id}${part}`);
        await judge('PATCH', `/v2/instances/${id}`, { label: 'b' });
        await judge('POST', `/v2/instances/${id}/halt`);
        await judge('POST', `/v2/instances/${id}/reinstall`, {});
        expect(problems).toEqual([]);
      }, 50_000),
    30_000,
  );

  test('so do our own requests for snapshots, backups, rescue and reverse names', () =>
    withBench(async (bench) => {
      const traffic = recordTraffic(() => bench.simulator);
      try {
        const compute = computeOf(bench.client);
        const { id, outputs } = await createOf(bench, instanceResource, 'web', instanceInputs({ enableIpv6: true, backups: 'enabled' }));
        const names: [ResourceDefinition, string][] = [
          [reverseIpv4Resource, 'mainIp'],
          [reverseIpv6Resource, 'v6MainIp'],
        ];
        for (const [definition, address] of names) {
          const inputs = { instanceId: id, ip: String(outputs[address]), reverse: 'web.example.com' };
          const made = await createOf(bench, definition, 'ptr', inputs);
          await definition.delete(bench.context(urn('ptr', definition.token)), made.id, made.outputs);
        }
        const taken = await compute.snapshots.create(id, 'plinth-vps-abc1-a');
        await compute.rescue(id, 'enter');
        await compute.rescue(id, 'leave');
        await compute.snapshots.restore(id, taken, {});
        await compute.snapshots.list(id, 'plinth-vps-abc1-');
        await compute.listOwned();
        await compute.snapshots.delete(taken.id);
        const { checked, complaints } = (await traffic.complaints('vultr'))!;
        expect(checked).toBeGreaterThan(30);
        expect(complaints).toEqual([]);
      } finally {
        traffic.stop();
      }
    }));
});
