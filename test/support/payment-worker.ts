/**
 * A worker of payments as a process of its own that kills itself at its n-th step: a statement to the database or a call to the
 * provider. Prints `done` when it comes to an end before that. Arguments: the database's URL, the master key, and n.
 */
import { Hooks } from '../../server/kernel/hooks.ts';
import { openDatabase, type Database } from '../../server/kernel/database.ts';
import { SecretBox } from '../../server/kernel/secrets.ts';
import type { Services } from '../../server/kernel/services.ts';
import { workOnce } from '../../server/payments/worker.ts';

const [url = '', key = '', at = '0'] = process.argv.slice(2);
let steps = 0;
const step = (): void => {
  steps += 1;
  if (steps === Number(at)) process.kill(process.pid, 'SIGKILL');
};

const db = openDatabase(url, 5).$extends({
  query: {
    $allOperations: async ({ args, query }: { args: unknown; query: (args: unknown) => Promise<unknown> }) => {
      step();
      const answer = await query(args);
      step();
      return answer;
    },
  },
} as never) as unknown as Database;

const hooks = new Hooks();
hooks.register('invoice.paid', 'effect', async (tx, { invoiceId }) => {
  await tx.$executeRaw`INSERT INTO "setting" ("key", "value", "updatedAt") VALUES (${`effect:${invoiceId}`}, 'true'::jsonb, now())`;
});
const log = { warn() {}, error() {}, info() {}, debug() {} };
const services = { db, hooks, log, secrets: new SecretBox(Buffer.from(key, 'base64')), config: {} } as unknown as Services;
while ((await workOnce(services)) > 0);
console.log(`done after ${steps}`);
process.exit(0);
