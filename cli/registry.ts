/** Every command, in the order of the help. */
import type { Command } from './command.ts';
import { accountCommands } from './commands/account.ts';
import { automationCommands } from './commands/automation.ts';
import { bulkCommands } from './commands/bulk.ts';
import { catalogCommands } from './commands/catalog.ts';
import { doctorCommand } from './commands/doctor.ts';
import { driftCommands } from './commands/drift.ts';
import { inventoryImport } from './commands/inventory-import.ts';
import { loginCommands } from './commands/login.ts';
import { operationCommands } from './commands/operation.ts';
import { overviewCommands } from './commands/overview.ts';
import { queueCommands } from './commands/queue.ts';
import { serveCommands } from './commands/serve.ts';
import { organizationCommands } from './commands/organization.ts';
import { snapshotCommands } from './commands/snapshot.ts';
import { simulatorCommands } from './commands/simulator.ts';
import { stackCommands } from './commands/stack.ts';
import { tokenCommands } from './commands/token.ts';
import { upkeepCommands } from './commands/upkeep.ts';
import { vpsCommands } from './commands/vps.ts';
import { lifecycleCommands } from './commands/vps-lifecycle.ts';
import { recordCommands } from './commands/vps-record.ts';
import { usageCommands } from './commands/vps-usage.ts';

export const commands: readonly Command[] = [
  ...vpsCommands,
  ...lifecycleCommands,
  ...recordCommands,
  ...usageCommands,
  ...snapshotCommands,
  ...operationCommands,
  ...bulkCommands,
  ...catalogCommands,
  ...accountCommands,
  ...organizationCommands,
  ...tokenCommands,
  ...stackCommands,
  ...driftCommands,
  inventoryImport,
  ...automationCommands,
  ...queueCommands,
  ...upkeepCommands,
  ...simulatorCommands,
  ...overviewCommands,
  doctorCommand,
  ...loginCommands,
  ...serveCommands,
];
