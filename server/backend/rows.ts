/** Rows of the state tables and how they come out of the database. */

export interface StackRow {
  id: string;
  organization: string;
  project: string;
  name: string;
  tags: Record<string, string>;
  dataKey: string;
  version: number;
  resourceCount: number;
  activeUpdate: string | null;
  updatedAt: Date;
}

export interface UpdateRow {
  id: string;
  stackId: string;
  kind: string;
  dryRun: boolean;
  status: 'created' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  message: string;
  environment: Record<string, string>;
  config: Record<string, unknown>;
  actor: string;
  /** The API token that made it; null for a worker's. */
  tokenId: string | null;
  operationId: string | null;
  engineVersion: string;
  version: number;
  resourceChanges: Record<string, number>;
  requestedAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  leaseExpiresAt: Date | null;
}

export interface NewUpdate {
  kind: string;
  dryRun: boolean;
  message: string;
  environment: Record<string, string>;
  config: Record<string, unknown>;
  actor: string;
  /** Of a person's; a worker has none. */
  tokenId?: string | undefined;
  operationId: string | null;
  engineVersion: string;
}

/** Without the checkpoint, which may be megabytes: it is read only where it is needed. */
const STACK_COLUMNS = [
  'id',
  'organization',
  'project',
  'name',
  'tags',
  'data_key',
  'version',
  'resource_count',
  'active_update',
  'updated_at',
] as const;

/** Columns of `state_stack` for `toStack`; with a prefix for queries that join. */
export function stackColumns(table = '', prefix = ''): string {
  return STACK_COLUMNS.map((column) => `${table && `${table}.`}${column}${prefix && ` AS ${prefix}${column}`}`).join(', ');
}

export function toStack(row: any, prefix = ''): StackRow {
  return {
    id: row[`${prefix}id`],
    organization: row[`${prefix}organization`],
    project: row[`${prefix}project`],
    name: row[`${prefix}name`],
    tags: row[`${prefix}tags`],
    dataKey: row[`${prefix}data_key`],
    version: row[`${prefix}version`],
    resourceCount: row[`${prefix}resource_count`],
    activeUpdate: row[`${prefix}active_update`],
    updatedAt: row[`${prefix}updated_at`],
  };
}

export function toUpdate(row: any): UpdateRow {
  return {
    id: row.id,
    stackId: row.stack_id,
    kind: row.kind,
    dryRun: row.dry_run,
    status: row.status,
    message: row.message,
    environment: row.environment,
    config: row.config,
    actor: row.actor,
    tokenId: row.token_id,
    operationId: row.operation_id,
    engineVersion: row.engine_version,
    version: row.version,
    resourceChanges: row.resource_changes,
    requestedAt: row.requested_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    leaseExpiresAt: row.lease_expires_at,
  };
}
