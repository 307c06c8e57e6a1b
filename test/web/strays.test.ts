/** What the drift page is for: a drift that is left as it is, and things at a provider that belong to no VPS, deleted by their id. */
import { beforeAll, expect, test } from 'vitest';
import type { Properties } from '../../providers/resource.ts';
import { openAccount } from '../../server/accounts/accounts.ts';
import { seriousProblems } from '../support/axe.ts';
import { itemOf } from '../support/browser.ts';
import { withDashboard } from '../support/dashboard.ts';
import { Shop, ZONE } from '../support/shop.ts';

const LONG = { timeout: 60_000 };
const NOBODY = 'zzzzzzzzzzzzzzzz';
const dashboard = withDashboard();
let shop: Shop;
let vps: any;

beforeAll(async () => {
  shop = new Shop(
    () => dashboard.origin,
    async () => dashboard.token,
    dashboard.runtime.simulatorOrigin!,
  );
  const [cloud] = await shop.clouds();
  const { instance, operation } = await shop.order(cloud!, 'watched');
  await shop.ended(operation.id);
  vps = await shop.vps(instance.id);
}, 120_000);

/** As a stack's program would, with a client of the account: the id of what was made. */
async function make(accountId: string, token: 'instance' | 'record', inputs: (names: any) => Properties): Promise<string> {
  const { services } = dashboard.runtime;
  const account = (await services.db.account.findUnique({ where: { id: accountId } }))!;
  const provider = services.providers.find(({ descriptor }) => descriptor.id === account.provider)!;
  const names = provider.recordedAs![token]!;
  const resource = provider.resources.find((each) => each.token === names.token)!;
  const client = provider.connect({
    ...openAccount(services, account),
    budget: services.budgetFor(openAccount(services, account), provider),
  });
  const context = { client, urn: 'urn:stray', signal: AbortSignal.timeout(20_000), log: () => undefined, progress: () => undefined };
  return (await resource.create(context as never, inputs(names))).id;
}

test('an orphan and a dangling record are deleted after two sightings, with the id typed', { timeout: 120_000 }, async () => {
  const orphan = await make(vps.provider_id, 'instance', ({ label, plan, region }) => ({
    [label]: 'lost-one',
    [plan]: vps.plan,
    [region]: vps.region,
    image: vps.image,
    tags: [`plinth-vps-${NOBODY}-g1`],
  }));
  const row = (await dashboard.runtime.services.db.vps.findUnique({ where: { id: vps.id } }))!;
  await make(row.dnsAccountId!, 'record', () => ({
    zoneId: (row.spec as any).dns.zoneId,
    name: `old.${ZONE}`,
    type: 'A',
    content: '192.0.2.99',
    ttl: 300,
    proxied: false,
    comment: `plinth vps-${NOBODY}`,
  }));
  const { page, complaints, context } = await dashboard.visit();
  await page.goto('/drift');
  const look = page.getByRole('button', { name: 'Look now' });
  const server = page.getByRole('row', { name: /^Orphan lost-one/ });
  await look.click();
  await server.getByText('Its VPS is not known here').waitFor(LONG);
  const remove = page.getByRole('menuitem', { name: /^Delete…/ });
  expect(await (await itemOf(server, /^Delete…/)).getAttribute('aria-disabled')).toBe('true');
  await page.keyboard.press('Escape');
  await look.click();
  await server.getByText('Its VPS is not known here').waitFor(LONG);
  // Ours and unknown: a sign of a restored database, so somebody has to say that it is none.
  expect(await (await itemOf(server, /^Delete…/)).getAttribute('aria-disabled')).toBe('true');
  await page.keyboard.press('Escape');
  await shop.call('PUT', '/api/admin/kill-switches', { destructive_hold: false });
  await look.click();
  await itemOf(server, /^Delete…/);
  await expect.poll(() => remove.getAttribute('aria-disabled'), LONG).toBeNull();
  expect(await seriousProblems(page)).toEqual([]);

  await remove.click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('The server and everything on its disk will be gone').waitFor();
  await dialog.getByLabel(`Type ${orphan} to confirm`).fill(orphan);
  await dialog.getByRole('button', { name: 'Delete it at the provider' }).click();
  await dialog.waitFor({ state: 'detached', ...LONG });
  await server.waitFor({ state: 'detached', ...LONG });
  expect((await shop.servers()).map(({ id }) => id)).toEqual([vps.instance_id]);

  const record = page.getByRole('row', { name: new RegExp(`^DNS record old.${ZONE}`) });
  await (await itemOf(record, /^Delete…/)).click();
  const label = dialog.getByLabel(/^Type .* to confirm$/);
  await label.fill(/^Type (.*) to confirm$/.exec((await dialog.locator('label').last().textContent())!)![1]!);
  await dialog.getByRole('button', { name: 'Delete it at the provider' }).click();
  await dialog.waitFor({ state: 'detached', ...LONG });
  await record.waitFor({ state: 'detached', ...LONG });
  expect((await shop.records()).some(({ name }) => name === `old.${ZONE}`)).toBe(false);
  expect(complaints).toEqual([]);
  await context.close();
});

test('a drift is left as it is, with the reason', { timeout: 120_000 }, async () => {
  await shop.control('POST', `/instances/${vps.provider}/${vps.instance_id}/power`, { power: 'off' });
  const { page, complaints, context } = await dashboard.visit();
  await page.goto('/drift');
  await page.getByRole('button', { name: 'Look now' }).click();
  const drift = page.getByRole('article', { name: `Drift of ${vps.label}` });
  await drift.getByText('Confirmed').waitFor(LONG);
  await drift.getByRole('button', { name: 'Leave it' }).click();
  await page.getByLabel('Reason').fill('the customer switched it off');
  await page.getByRole('dialog').getByRole('button', { name: 'Leave it' }).click();
  await drift.getByText('Dismissed').waitFor();
  await drift.getByText('the customer switched it off').waitFor();
  expect((await shop.servers(vps.label)).length).toBe(1);
  expect(complaints).toEqual([]);
  await context.close();
});
