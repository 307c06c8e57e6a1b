/** Status, power and what is under way are three things, and each is told as it is: in the list, on the page, in the CSV, by filters. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { insertDrift } from '../../server/drift/store.ts';
import { seriousProblems } from '../support/axe.ts';
import { withDashboard } from '../support/dashboard.ts';
import { seedVpses } from '../support/seed-vpses.ts';
import { updateVps } from '../../server/vps/store.ts';

// No worker: what is ordered stays under way.
const dashboard = withDashboard({ engine: false });
const idOf = (n: number): string => n.toString(36).padStart(16, '0');
const labelOf = (n: number): string => `many-${String(n).padStart(5, '0')}`;

async function call(method: string, path: string, body?: object): Promise<any> {
  const headers = { authorization: `Bearer ${dashboard.token}`, 'content-type': 'application/json' };
  const answer = await fetch(`${dashboard.origin}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  expect([path, answer.ok]).toEqual([path, true]);
  return await answer.json();
}

/** 0 runs, 1 is stopped, 2 runs by the record and not at the provider, 3 is being suspended, 4 lost its server, 5 was never seen. */
async function seed(): Promise<void> {
  const { db } = dashboard.runtime.services;
  if ((await db.vps.count()) > 0) return;
  await seedVpses(dashboard.runtime, 6);
  for (let n = 0; n < 6; n += 1) {
    const powerState = n === 5 ? null : n === 1 ? 'stopped' : 'running';
    await updateVps(db, idOf(n), { status: 'active', powerState, instanceId: String(9_000 + n) });
  }
  const drift = async (n: number, kind: string, field: string, actual: string | null) => {
    const { accountId } = await db.vps.findUniqueOrThrow({ where: { id: idOf(n) } });
    const differences = [{ object: 'instance', name: 'vps-instance', field, recorded: 'running', actual }];
    await insertDrift(db, {
      vpsId: idOf(n),
      accountId,
      kind,
      state: 'confirmed',
      fingerprint: 'f',
      checkOperationId: null,
      differences,
      at: new Date(),
    });
  };
  await drift(2, 'changed', 'power', 'stopped');
  await drift(4, 'vanished', 'existence', null);
  await call('POST', `/api/vps/${idOf(3)}/actions`, { action: 'suspend', reason: 'unpaid invoice' });
}

const WANTED = [
  ['active', 'running', null],
  ['active', 'stopped', null],
  ['active', 'stopped', null],
  ['suspended', 'running', 'suspend'],
  ['active', null, null],
  ['active', null, null],
] as const;

test('the API tells each as it is, whatever is recorded, and finds by each', async () => {
  await seed();
  const { instances } = await call('GET', '/api/vps?sort=label');
  const told = instances.map((vps: any) => [vps.status, vps.power_state, vps.under_way?.kind ?? null]);
  expect(told).toEqual(WANTED);
  expect(instances.map((vps: any) => vps.power_seen_at !== null)).toEqual([true, true, true, true, true, false]);
  const found = async (query: string) => (await call('GET', `/api/vps?sort=label&${query}`)).instances.map((vps: any) => vps.label);
  for (const power of ['running', 'stopped', 'unknown']) {
    const matching = WANTED.flatMap(([, each], n) => ((each ?? 'unknown') === power ? [labelOf(n)] : []));
    expect([power, await found(`power=${power}`)]).toEqual([power, matching]);
    const { matched } = await call('POST', '/api/bulk/preview', { action: { action: 'refresh' }, selection: { filter: { power } } });
    expect([power, matched]).toEqual([power, matching.length]);
  }
  expect(await found('busy=true')).toEqual([labelOf(3)]);
  expect(await found('busy=false')).toEqual([0, 1, 2, 4, 5].map(labelOf));
  expect(await found('busy=false&power=stopped&status=active')).toEqual([1, 2].map(labelOf));
});

test('a change that ends sees the power anew, and so does a whole reading of the account', async () => {
  await seed();
  const { db } = dashboard.runtime.services;
  const seen = async () => (await call('GET', `/api/vps/${idOf(0)}`)).instance.power_seen_at as string;
  const first = await seen();
  await updateVps(db, idOf(0), { powerState: 'running' });
  const second = await seen();
  expect(second > first).toBe(true);
  await updateVps(db, idOf(0), { notes: 'nothing about power' });
  expect(await seen()).toBe(second);
  const { accountId } = await db.vps.findUniqueOrThrow({ where: { id: idOf(0) } });
  const later = new Date(Date.now() + 1_000);
  await db.account.update({ where: { id: accountId }, data: { serversSeenAt: later } });
  expect(await seen()).toBe(later.toISOString());
});

test.each([
  ['a wide window', 1280],
  ['a phone', 375],
] as const)('list, page and filters show them on %s', async (_, width) => {
  await seed();
  const { page, complaints, context } = await dashboard.visit({ width });
  await page.goto('/vps?sort=label');
  const row = (n: number) => page.getByRole('row', { name: new RegExp(labelOf(n)) });
  for (const [n, [status, power, work]] of WANTED.entries()) {
    await row(n).waitFor();
    const text = (await row(n).innerText()).toLowerCase();
    expect(text).toContain(status);
    expect(text).toContain(power ?? 'power not known');
    expect(text.includes('suspend waits')).toBe(work !== null);
  }
  // Green says that it runs.
  const tone = (n: number) =>
    row(n)
      .getByText('Active', { exact: true })
      .evaluate((badge) => (badge as unknown as { className: string }).className);
  expect(await tone(0)).toContain('good');
  for (const n of [1, 2, 4, 5]) expect(await tone(n)).not.toContain('good');

  await page.getByLabel('Power', { exact: true }).selectOption('stopped');
  await row(0).waitFor({ state: 'detached' });
  await row(2).getByRole('link').click();
  const header = page.locator('header', { has: page.getByRole('heading', { level: 1 }) });
  await header.getByText('Stopped', { exact: true }).waitFor();
  await page.goto(`/vps/${idOf(3)}`);
  for (const text of ['Suspended', 'Running', 'Suspend waits']) await header.getByText(text, { exact: true }).waitFor();
  await page
    .getByRole('region', { name: 'About' })
    .getByText(/^Running, seen/)
    .waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

test('the CSV has all three', async () => {
  await seed();
  const { page, context } = await dashboard.visit();
  await page.goto('/vps?sort=label&q=many-');
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).click()]);
  const [head = '', ...lines] = (await readFile(await file.path(), 'utf8')).split('\r\n');
  const at = (name: string): number => head.split(',').indexOf(name);
  const cells = lines.map((line) => line.split(',')).map((line) => [at('status'), at('power_state'), at('under_way')].map((n) => line[n]));
  expect(cells).toEqual(WANTED.map((each) => each.map((word) => word ?? '')));
  expect(at('power_seen_at')).toBeGreaterThan(0);
  await context.close();
});

test('tags are filters: of the list, of what is done to many, and from the page of one', async () => {
  await seed();
  const { db } = dashboard.runtime.services;
  const tag = async (n: number, tags: string[]) => {
    const { spec } = await db.vps.findUniqueOrThrow({ where: { id: idOf(n) } });
    await db.vps.update({ where: { id: idOf(n) }, data: { spec: { ...(spec as object), tags } } });
  };
  await tag(0, ['web', 'prod']);
  await tag(1, ['web']);
  const some = { action: { action: 'reboot' }, selection: { filter: { tags: 'web' } } };
  expect((await call('POST', '/api/bulk/preview', some)).matched).toBe(2);
  const { page, complaints, context } = await dashboard.visit({ width: 375 });
  await page.goto('/vps?sort=label');
  const row = (n: number) => page.getByRole('row', { name: new RegExp(labelOf(n)) });
  await row(2).waitFor();
  await page.getByRole('button', { name: 'Tags: all' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'web 2' }).click();
  await row(2).waitFor({ state: 'detached' });
  await row(1).waitFor();
  await page.getByRole('menuitemcheckbox', { name: 'prod 1' }).click();
  await row(1).waitFor({ state: 'detached' });
  await row(0).waitFor();
  await page.keyboard.press('Escape');
  expect(new URL(page.url()).searchParams.get('tags')).toBe('web,prod');
  await row(0).getByRole('link').click();
  await page.getByRole('region', { name: 'About' }).getByRole('link', { name: 'prod' }).click();
  await row(0).waitFor();
  expect(await page.getByRole('row').count()).toBe(2);
  expect(complaints).toEqual([]);
  await context.close();
});

test('the overview tells the last days in numbers, and a dot on its map leads to the VPSes there', { timeout: 60_000 }, async () => {
  await seed();
  const { db } = dashboard.runtime.services;
  const vps = await db.vps.findUniqueOrThrow({ where: { id: idOf(0) } });
  const { regions } = await call('GET', `/api/admin/upstream/regions?providerId=${vps.accountId}`);
  const { id: region } = regions.find((each: any) => each.location);
  await db.vps.update({ where: { id: vps.id }, data: { region } });
  const owner = { organizationId: vps.organizationId, vpsId: vps.id };
  const ended = (status: string, seconds: number) => {
    const finishedAt = new Date();
    const times = { startedAt: new Date(finishedAt.getTime() - seconds * 1000), finishedAt };
    return db.operation.create({
      data: { id: randomUUID(), kind: 'provision', status, request: {}, actor: 'somebody', ...owner, ...times },
    });
  };
  await ended('succeeded', 8);
  await ended('succeeded', 20);
  await ended('failed', 1);
  const { by_region: places } = await call('GET', '/api/overview');
  const { provider_name: name } = places.find((each: any) => each.provider === vps.provider);
  // What was remembered of the catalogue before counts for some seconds.
  const located = async (): Promise<unknown> => (await call('GET', '/api/overview')).by_region.find((each: any) => each.location)?.region;
  await expect.poll(located, { timeout: 15_000 }).toBe(region);

  const { page, complaints, context } = await dashboard.visit();
  await page.goto('/');
  const dot = page.getByRole('list', { name: 'Regions on the map' }).getByRole('link');
  await dot.waitFor();
  expect(await page.getByRole('region', { name: 'Where they are' }).getByText('regions in the list only.').count()).toBe(1);
  await page.getByRole('list', { name: 'Regions', exact: true }).scrollIntoViewIfNeeded();
  await page.mouse.wheel(0, 5_000);
  /** The newest day of the table beside a graph. */
  const today = async (part: string): Promise<string[]> => {
    await page.getByRole('region', { name: part, exact: true }).getByText('As a table').click();
    const rows = page.getByRole('region', { name: part, exact: true }).getByRole('table').getByRole('row');
    return (await rows.nth(1).getByRole('cell').allTextContents()).slice(1);
  };
  expect(await today('Fleet')).toEqual([String(await db.vps.count({ where: { deletedAt: null } }))]);
  expect(await today('Provisioning times')).toEqual(['14 s', '19 s', '2', '1']);
  const drifts = [await db.drift.count(), await db.drift.count({ where: { resolvedAt: { not: null } } })];
  expect(await today('Drift')).toEqual(drifts.map(String));
  expect(await seriousProblems(page)).toEqual([]);

  await dot.hover();
  await page.getByRole('tooltip').getByText(`${name} · ${region}: 1 VPS`).waitFor();
  await dot.click();
  await page.waitForURL((url) => url.pathname === '/vps' && url.searchParams.get('region') === region);
  await page.getByRole('link', { name: vps.label }).waitFor();
  expect(await page.getByRole('link', { name: /^many-/ }).count()).toBe(1);
  expect(complaints).toEqual([]);
  await context.close();
});
