/** /api/ssh-keys: public keys that an organization keeps, to be picked for new servers and new systems. */
import { SshKeyAnswer, SshKeyCreate, SshKeyList, SshKeyParams, SshKeyPatch, SshKeyQuery } from '../../../contract/ssh-key.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { brokenUnique, type Db } from '../../kernel/database.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { notFound, refuseField } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { organizationFor } from '../vps.ts';
import { requireRoomFor, sheetOfKey } from './library.ts';
import { deleteSshKey, insertSshKey, listSshKeys, renameSshKey, type SshKey, sshKeyById } from './store.ts';

const present = (row: SshKey) => ({
  id: row.id,
  organization_id: row.organizationId,
  name: row.name,
  public_key: row.publicKey,
  type: row.type,
  fingerprint: row.fingerprint,
  added_by: row.addedBy,
  created_at: row.createdAt.toISOString(),
  last_used_at: row.lastUsedAt?.toISOString() ?? null,
});
const recordOf = ({ name, type, fingerprint }: SshKey) => ({ name, type, fingerprint });

export function sshKeyRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/ssh-keys',
      summary: 'SSH keys that an organization keeps',
      permission: 'ssh-key:read',
      query: SshKeyQuery,
      responses: { 200: { description: 'By name.', schema: SshKeyList } },
      handler: async ({ principal, query }) => {
        const own = principal.organizationId;
        if (own !== null && query.organization_id !== undefined && query.organization_id !== own)
          throw notFound('organization', query.organization_id);
        const rows = await listSshKeys(services.db, own ?? query.organization_id ?? null);
        return { status: 200, body: { ssh_keys: rows.map(present) } };
      },
    }),
    route({
      method: 'post',
      path: '/api/ssh-keys',
      summary: 'Keep a public key, to be picked for servers',
      permission: 'ssh-key:write',
      body: SshKeyCreate,
      responses: { 201: { description: 'Kept.', schema: SshKeyAnswer } },
      transaction: true,
      prepare: async ({ principal, body }) => ({
        key: sheetOfKey(body.public_key),
        organizationId: await organizationFor(services, principal, body.organization_id),
      }),
      handler: async ({ principal, body: { name }, tx, prepared: { key, organizationId } }) => {
        await requireRoomFor(tx, organizationId, key.fingerprint);
        const row = await insertSshKey(tx, { organizationId, name, ...key, addedBy: principal.name }).catch(refuseTwice(name));
        const entry = { actor: principal.name, action: 'ssh-key.added', target: row.id, organizationId };
        await appendAudit(tx, { ...entry, data: {}, after: recordOf(row) });
        return { status: 201, body: { ssh_key: present(row) } };
      },
    }),
    ...oneRoutes(),
  ];
}

function oneRoutes(): Route[] {
  return [
    route({
      method: 'patch',
      path: '/api/ssh-keys/:id',
      summary: 'Rename a kept SSH key; servers that have it keep it as it is',
      permission: 'ssh-key:write',
      params: SshKeyParams,
      body: SshKeyPatch,
      responses: { 200: { description: 'As it is now.', schema: SshKeyAnswer } },
      transaction: true,
      handler: async ({ principal, params, body: { name }, tx }) => {
        const row = await must(tx, principal, params.id);
        const changed = await renameSshKey(tx, row.id, name).catch(refuseTwice(name));
        const entry = { actor: principal.name, action: 'ssh-key.renamed', target: row.id, organizationId: row.organizationId };
        await appendAudit(tx, { ...entry, data: {}, before: recordOf(row), after: recordOf(changed) });
        return { status: 200, body: { ssh_key: present(changed) } };
      },
    }),
    route({
      method: 'delete',
      path: '/api/ssh-keys/:id',
      summary: 'Keep an SSH key no longer; servers that have it keep it',
      permission: 'ssh-key:write',
      params: SshKeyParams,
      responses: { 204: { description: 'No longer kept. Servers that have it let it in as before.' } },
      transaction: true,
      handler: async ({ principal, params, tx }) => {
        const row = await must(tx, principal, params.id);
        await deleteSshKey(tx, row.id);
        const entry = { actor: principal.name, action: 'ssh-key.removed', target: row.id, organizationId: row.organizationId };
        await appendAudit(tx, { ...entry, data: {}, before: recordOf(row) });
        return { status: 204 };
      },
    }),
  ];
}

async function must(tx: Db, principal: Principal, id: string): Promise<SshKey> {
  const row = await sshKeyById(tx, principal.organizationId, id);
  if (!row) throw notFound('SSH key', id);
  return row;
}

const refuseTwice =
  (name: string) =>
  (error: unknown): never => {
    if (brokenUnique(error) === null) throw error;
    throw refuseField('name', `there is a key "${name}" already`, 'Choose another name.', 409, 'name_taken');
  };
