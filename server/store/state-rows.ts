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
  operationId: string | null;
  engineVersion: string;
}

export function toStack(row: any): StackRow {
  return {
    id: row.id,
    organization: row.organization,
    project: row.project,
    name: row.name,
    tags: row.tags,
    dataKey: row.data_key,
    version: row.version,
    resourceCount: row.resource_count,
    activeUpdate: row.active_update,
    updatedAt: row.updated_at,
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
