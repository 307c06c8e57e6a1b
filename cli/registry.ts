/** Every command, in the order of the help. */
import type { Command } from './command.ts';
import { accountCommands } from './commands/account.ts';
import { auditCommands } from './commands/audit.ts';
import { killSwitchCommands } from './commands/kill-switch.ts';
import { bulkCommands } from './commands/bulk.ts';
import { brandCommands } from './commands/brand.ts';
import { buyerCommands } from './commands/buyer.ts';
import { catalogCommands } from './commands/catalog.ts';
import { clockCommands } from './commands/clock.ts';
import { doctorCommand } from './commands/doctor.ts';
import { dunningCommands } from './commands/dunning.ts';
import { driftCommands } from './commands/drift.ts';
import { inventoryImport } from './commands/inventory-import.ts';
import { setupProfileCommands } from './commands/setup-profile.ts';
import { moving as movingCommands } from './commands/moving.ts';
import { loginCommands } from './commands/login.ts';
import { memberCommands } from './commands/member.ts';
import { userCommands } from './commands/user.ts';
import { notificationCommands } from './commands/notification.ts';
import { operationCommands } from './commands/operation.ts';
import { overviewCommands } from './commands/overview.ts';
import { priceCommands, productCommands, stockCommands } from './commands/product.ts';
import { queueCommands } from './commands/queue.ts';
import { serveCommands } from './commands/serve.ts';
import { organizationCommands } from './commands/organization.ts';
import { offerCommands } from './commands/offer.ts';
import { orderPolicyCommands } from './commands/order-policy.ts';
import { orderCommands, subscriptionCommands } from './commands/shop-order.ts';
import { findCommands } from './commands/find.ts';
import { invoiceCommands } from './commands/invoice.ts';
import { paymentCommands } from './commands/payment.ts';
import { ownOrganizationCommands } from './commands/organization-own.ts';
import { reportCommands } from './commands/report.ts';
import { serviceAccountCommands } from './commands/service-account.ts';
import { snapshotCommands } from './commands/snapshot.ts';
import { sshKeyCommands } from './commands/ssh-key.ts';
import { maintenanceCommands } from './commands/maintenance.ts';
import { taskCommands } from './commands/task.ts';
import { ticketCommands } from './commands/ticket.ts';
import { simulatorCommands } from './commands/simulator.ts';
import { stackCommands } from './commands/stack.ts';
import { tokenCommands } from './commands/token.ts';
import { upkeepCommands } from './commands/upkeep.ts';
import { vpsCommands } from './commands/vps.ts';
import { lifecycleCommands } from './commands/vps-lifecycle.ts';
import { recordCommands } from './commands/vps-record.ts';
import { consoleCommands } from './commands/vps-console.ts';
import { usageCommands } from './commands/vps-usage.ts';
import { webhookCommands } from './commands/webhook.ts';

export const commands: readonly Command[] = [
  ...vpsCommands,
  ...lifecycleCommands,
  ...recordCommands,
  ...usageCommands,
  ...consoleCommands,
  ...invoiceCommands,
  ...paymentCommands,
  ...reportCommands,
  ...dunningCommands,
  ...snapshotCommands,
  ...sshKeyCommands,
  ...taskCommands,
  ...ticketCommands,
  ...maintenanceCommands,
  ...operationCommands,
  ...bulkCommands,
  ...productCommands,
  ...priceCommands,
  ...stockCommands,
  ...offerCommands,
  ...orderCommands,
  ...orderPolicyCommands,
  ...subscriptionCommands,
  ...clockCommands,
  ...catalogCommands,
  ...accountCommands,
  ...organizationCommands,
  ...brandCommands,
  ...buyerCommands,
  ...ownOrganizationCommands,
  ...memberCommands,
  ...userCommands,
  ...notificationCommands,
  ...serviceAccountCommands,
  ...tokenCommands,
  ...auditCommands,
  ...stackCommands,
  ...driftCommands,
  inventoryImport,
  ...movingCommands,
  ...setupProfileCommands,
  ...killSwitchCommands,
  ...queueCommands,
  ...webhookCommands,
  ...upkeepCommands,
  ...simulatorCommands,
  ...overviewCommands,
  ...findCommands,
  doctorCommand,
  ...loginCommands,
  ...serveCommands,
];

/** What commands were called before: they are still known by it for one version. */
const FORMERLY: Readonly<Record<string, string>> = {
  'vps restore': 'vps undo',
  'automation show': 'kill-switch show',
  'automation stop': 'kill-switch stop',
  'automation start': 'kill-switch start',
  'automation policy': 'drift-policy set',
  'automation rules': 'drift-policy list',
};

/** The words with a command's present name, and that name where the words had the former one. */
export function renamed(words: readonly string[]): { readonly words: readonly string[]; readonly to: string | null } {
  const to = FORMERLY[words.slice(0, 2).join(' ')];
  return to === undefined ? { words, to: null } : { words: [...to.split(' '), ...words.slice(2)], to };
}
