/** What an operation's parts say while it runs, after it ended, and about running it again. */
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { appendEvents } from '../../server/vps/operations/store.ts';
import { withDashboard } from '../support/dashboard.ts';
import { seedVpses } from '../support/seed-vpses.ts';
import { updateVps } from '../../server/vps/store.ts';

// No worker: what is ordered stays as it is, and the test is the engine.
const dashboard = withDashboard({ engine: false });
const idOf = (n: number): string => n.toString(36).padStart(16, '0');

async function seed(): Promise<void> {
  const { db } = dashboard.runtime.services;
  if ((await db.vps.count()) > 0) return;
  await seedVpses(dashboard.runtime, 8);
  for (let n = 0; n < 8; n += 1) await updateVps(db, idOf(n), { status: 'active', powerState: 'running', instanceId: String(7_000 + n) });
}

interface Wanted {
  readonly kind: string;
  readonly status: string;
  readonly fault?: { kind: string; message: string; retryable: boolean };
}

/** An operation of the VPS `n`, whose first attempt has begun. */
async function operation(n: number, { kind, status, fault }: Wanted): Promise<string> {
  const { db } = dashboard.runtime.services;
  const vps = await db.vps.findUniqueOrThrow({ where: { id: idOf(n) } });
  const id = randomUUID();
  const ended = ['queued', 'running'].includes(status) ? {} : { finishedAt: new Date() };
  await db.operation.create({
    data: {
      id,
      kind,
      status,
      organizationId: vps.organizationId,
      vpsId: vps.id,
      actor: 'first admin',
      request: {},
      startedAt: new Date(),
      attempt: 1,
      ...ended,
      ...(fault ? { fault } : {}),
    },
  });
  await db.$transaction((tx) => appendEvents(tx, id, null, [{ type: 'attempt-started', data: { attempt: 1 }, at: new Date() }]));
  return id;
}

const steps = (page: Page) => page.getByRole('region', { name: 'Steps of attempt 1' });

test('what was just asked for is shown at once, never what came before it', async () => {
  await seed();
  await operation(0, { kind: 'preview', status: 'succeeded' });
  const { page, context } = await dashboard.visit();
  await page.goto(`/vps/${idOf(0)}`);
  await page.getByRole('region', { name: 'Preview' }).getByText('Succeeded').first().waitFor();
  // The list of its operations is slow; the answer to the click is not.
  const { promise: held, resolve: go } = Promise.withResolvers<void>();
  await page.route('**/api/operations?*', async (route) => {
    await held;
    await route.continue();
  });
  await page.getByRole('button', { name: 'Power', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Reboot' }).click();
  await page.getByRole('region', { name: 'Reboot' }).getByText('Waits for a worker.').waitFor();
  expect(await page.getByRole('region', { name: 'Preview' }).count()).toBe(0);
  go();
  await context.close();
});

test('while nothing was touched yet it says what it does, and only at the end that nothing was', async () => {
  await seed();
  const { db } = dashboard.runtime.services;
  const id = await operation(1, { kind: 'resize', status: 'running' });
  const { page, context } = await dashboard.visit();
  await page.goto(`/operations/${id}`);
  await steps(page).getByText('Comparing what there is with what there should be …').waitFor();
  expect(await page.getByText('needed a change').count()).toBe(0);
  const said = { type: 'progress', data: { urn: null, message: 'The engine starts.' }, at: new Date() };
  await db.$transaction((tx) => appendEvents(tx, id, null, [said]));
  await steps(page).getByText('The engine starts.').waitFor();
  for (const [status, text] of [
    ['succeeded', 'No resource of the stack needed a change.'],
    ['failed', 'It ended before it touched a resource of the stack.'],
  ] as const) {
    const ended = await operation(2, { kind: 'resize', status });
    await page.goto(`/operations/${ended}`);
    await steps(page).getByText(text).waitFor();
  }
  await context.close();
});

test('what fails the same way until its cause is removed is not offered at a click', async () => {
  await seed();
  const { db } = dashboard.runtime.services;
  const message = 'The name web.plinth.test is taken by a record that is not Plinth’s.';
  await updateVps(db, idOf(3), { status: 'error' });
  await operation(3, { kind: 'provision', status: 'failed', fault: { kind: 'conflict', message, retryable: false } });
  const { page, context } = await dashboard.visit();
  const sent: string[] = [];
  page.on('request', (request) => request.url().endsWith('/retry') && sent.push(request.postData() ?? ''));
  await page.goto(`/vps/${idOf(3)}`);
  expect(await page.getByRole('button', { name: 'Run again', exact: true }).count()).toBe(0);
  await page.getByRole('button', { name: 'Run again …' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('It fails the same way until the cause is removed').waitFor();
  await dialog.getByText(message).waitFor();
  expect(sent).toEqual([]);
  await dialog.getByLabel('Another host name').fill('no such name!');
  await dialog.getByRole('button', { name: 'The cause is removed: run again' }).click();
  await dialog.locator('[aria-invalid=true]').waitFor();
  expect(sent).toEqual(['{"hostname":"no such name!"}']);
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  await updateVps(db, idOf(4), { status: 'error' });
  await operation(4, { kind: 'provision', status: 'failed', fault: { kind: 'provider_down', message: 'It is down.', retryable: true } });
  await page.goto(`/vps/${idOf(4)}`);
  await page.getByRole('button', { name: 'Run again', exact: true }).first().waitFor();
  expect(await page.getByRole('button', { name: 'Run again …' }).count()).toBe(0);
  await context.close();
});
