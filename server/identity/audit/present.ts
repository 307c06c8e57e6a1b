/** Rows of the audit trail to wire shapes. */
import { AuditEvent as Wire } from '../../../contract/audit.ts';
import { onPlatform } from '../../kernel/can.ts';
import type { AuditEvent } from '../../kernel/database.ts';
import type { Principal } from '../../kernel/services.ts';

/** From where the seller's staff act is told to nobody else. */
export function presentAudit(principal: Pick<Principal, 'organizationId'>, row: AuditEvent): Wire {
  const shown = onPlatform(principal) || row.scope !== null;
  return {
    seq: String(row.seq),
    at: row.at.toISOString(),
    actor: row.actor,
    actor_kind: row.actorKind as Wire['actor_kind'],
    actor_id: row.actorId,
    on_behalf_of: row.onBehalfOf as Wire['on_behalf_of'],
    scope: row.scope,
    address: shown ? row.address : null,
    user_agent: shown ? row.userAgent : null,
    request_id: row.requestId,
    action: row.action,
    target: row.target,
    organization_id: row.organizationId,
    data: row.data as Wire['data'],
    before: row.before as Wire['before'],
    after: row.after as Wire['after'],
    form: row.form,
    previous_hash: row.previousHash,
    hash: row.hash,
  };
}

const COLUMNS = Object.keys(Wire.shape) as (keyof Wire)[];

export function csvHead(): string {
  return `${COLUMNS.join(',')}\r\n`;
}

/** RFC 4180. A spreadsheet would take a cell that begins like a formula for one, so it gets an apostrophe. */
export function csvLine(event: Wire): string {
  const cells = COLUMNS.map((column) => {
    const value = event[column];
    const text = value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
    return `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  });
  return `${cells.join(',')}\r\n`;
}
