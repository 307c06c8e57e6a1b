/** A worker that dies at each of its steps, with `kill -9`: the next one goes on, and the money is taken and booked once. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { requestCharge } from '../../server/billing/charges/charges.ts';
import { methodsOf } from '../../server/payments/accounts-store.ts';
import { listPayments } from '../../server/payments/store.ts';
import { ROOT } from '../architecture/repository.ts';
import { withPayments } from '../support/payments.ts';

// All of them take five minutes.
const STRIDE = process.env['PLINTH_LONG_TESTS'] === undefined ? 9 : 1;
const KEY = randomBytes(32).toString('base64');
const world = withPayments({ masterKey: KEY });

function worker(at: number): Promise<{ done: boolean; steps: number }> {
  return new Promise((resolve, reject) => {
    const args = [join(ROOT, 'test/support/payment-worker.ts'), world.url, KEY, String(at)];
    execFile(process.execPath, args, { cwd: ROOT, timeout: 60_000 }, (error, stdout, stderr) => {
      const steps = /done after (\d+)/.exec(stdout)?.[1];
      if (steps !== undefined) resolve({ done: true, steps: Number(steps) });
      else if (error?.signal === 'SIGKILL') resolve({ done: false, steps: at });
      else reject(new Error(`The worker ended with neither: ${stderr}`));
    });
  });
}

test('killed at every step of a charge and of its event', { timeout: 600_000 }, async () => {
  const customer = await world.customerWithCard();
  expect(await methodsOf(world.db, customer)).toHaveLength(1);
  let kills = 0;
  for (let at = 1, over = false; !over; at += STRIDE) {
    const invoice = await world.invoice(customer, 1_000n + BigInt(at));
    await world.within((tx) => requestCharge(tx, invoice.id, new Date(), 'test'));
    const first = await worker(at);
    over = first.done;
    kills += first.done ? 0 : 1;
    // What the dead worker had taken is free again at once: waiting for the lease would only be slow.
    await world.db.$executeRaw`UPDATE "payment_attempt" SET "nextPollAt" = now() WHERE "nextPollAt" IS NOT NULL`;
    await world.db.$executeRaw`UPDATE "payment_event_outcome" SET "nextAt" = now() WHERE "nextAt" IS NOT NULL`;
    while ((await world.work()) > 0);
    await world.db.$executeRaw`UPDATE "payment_attempt" SET "nextPollAt" = now() WHERE "nextPollAt" IS NOT NULL`;
    while ((await world.work()) > 0);
    expect(await world.readInvoice(invoice.id), `killed at step ${at}`).toMatchObject({ status: 'paid', amountPaid: invoice.total });
    expect(await listPayments(world.db, null, { invoiceId: invoice.id }, undefined, 10)).toHaveLength(1);
    const { data } = await world.stripe('GET', '/payment_intents?limit=100');
    expect(
      data.filter((each: any) => each.amount === 1_000 + at),
      `killed at step ${at}`,
    ).toHaveLength(1);
  }
  expect(kills).toBeGreaterThan(10);
});
