/** /api/organization: what an organization sees and says of itself; on the platform of the one that is named. */
import type { z } from 'zod';
import type { Permission } from '../../../contract/permissions.ts';
import {
  OfOrganization,
  OrganizationAnswer,
  OrganizationParams,
  OrganizationProfilePatch,
  OrganizationReason,
  QUOTA_KINDS,
  QuotaChange,
  QuotaList,
  type Terms,
  TermsAccept,
  TermsAnswer,
  TermsChange,
  TermsStanding,
} from '../../../contract/organization.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/database.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { writeSetting } from '../../kernel/kill-switches/store.ts';
import { notFound, Refusal, refuseField } from '../../kernel/problem.ts';
import { requestContext } from '../../kernel/request-context.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { readSetting } from '../../kernel/settings.ts';
import { blocking, type Change, changeOrganization, unblocking } from './change.ts';
import { presentOrganization } from './present.ts';
import { quotasOf, setQuota, usedOf } from './quotas-store.ts';
import { acceptTerms, endAccess, listAcceptances, listOrganizations, lockOrganization } from './store.ts';
import { organizationOf } from './which.ts';

const TERMS = 'terms';
const answer = { 200: { description: 'As it is now.', schema: OrganizationAnswer } };

/** Each field has its own permission. */
const byField = {
  anyOf: ['organization:update', 'organization:set-sign-in'] as const satisfies readonly Permission[],
  of: ({ body }: { body: z.output<typeof OrganizationProfilePatch> }): Permission[] => [
    ...(body.display_name === undefined ? [] : (['organization:update'] as const)),
    ...(body.require_second_factor === undefined ? [] : (['organization:set-sign-in'] as const)),
  ],
};

async function changed(tx: Db, principal: Principal, id: string, change: Change) {
  const row = await changeOrganization(tx, principal, id, change);
  return { status: 200, body: { organization: presentOrganization(row) } };
}

export function ownOrganizationRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/organization',
      id: 'getOwnOrganization',
      summary: 'The organization one acts in',
      permission: 'organization:read',
      query: OfOrganization,
      responses: { 200: { description: 'The organization.', schema: OrganizationAnswer } },
      handler: async ({ principal, query }) => {
        const id = organizationOf(principal, query.organization_id);
        const [row] = await listOrganizations(services.db, id);
        if (!row) throw notFound('organization', id);
        return { status: 200, body: { organization: presentOrganization(row) } };
      },
    }),
    route({
      method: 'patch',
      path: '/api/organization',
      id: 'changeOwnOrganization',
      summary: 'Its name for people, and whether its members need a second factor',
      permission: byField,
      query: OfOrganization,
      body: OrganizationProfilePatch,
      responses: answer,
      transaction: true,
      handler: async ({ principal, query, body, tx }) =>
        await changed(tx, principal, organizationOf(principal, query.organization_id), {
          action: 'organization.changed',
          change: async () => ({
            ...(body.display_name === undefined ? {} : { displayName: body.display_name }),
            ...(body.require_second_factor === undefined ? {} : { requireSecondFactor: body.require_second_factor }),
          }),
        }),
    }),
    route({
      method: 'post',
      path: '/api/organization/close',
      id: 'closeOrganization',
      summary: 'Close an organization that has no living VPS; nothing acts in its name any more',
      permission: 'organization:close',
      query: OfOrganization,
      body: OrganizationReason,
      responses: answer,
      transaction: true,
      handler: async ({ principal, query, body, tx }) =>
        await changed(tx, principal, organizationOf(principal, query.organization_id), {
          action: 'organization.closed',
          data: { reason: body.reason },
          change: async (_tx, { id, name, vpsCount }) => {
            if (vpsCount > 0)
              throw new Refusal(
                409,
                'organization_in_use',
                `"${name}" has ${vpsCount} living VPSes. Terminate them, or give them away, first.`,
              );
            const closedAt = timeNow();
            await endAccess(tx, id, closedAt);
            return { status: 'closed', statusReason: body.reason, closedAt };
          },
        }),
    }),
    ...blockRoutes(),
    ...quotaRoutes(services),
    ...termsRoutes(services),
  ];
}

function blockRoutes(): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/admin/organizations/:id/block',
      id: 'blockOrganization',
      summary: 'Let an organization order and make nothing new; what it has goes on',
      permission: 'organization:block',
      params: OrganizationParams,
      body: OrganizationReason,
      responses: answer,
      transaction: true,
      handler: async ({ principal, params, body, tx }) => await changed(tx, principal, params.id, blocking(body.reason)),
    }),
    route({
      method: 'post',
      path: '/api/admin/organizations/:id/unblock',
      id: 'unblockOrganization',
      summary: 'Lift the block of an organization',
      permission: 'organization:block',
      params: OrganizationParams,
      responses: answer,
      transaction: true,
      handler: async ({ principal, params, tx }) => await changed(tx, principal, params.id, unblocking),
    }),
  ];
}

function quotaRoutes(services: Services): Route[] {
  const standing = async (db: Db, id: string) => {
    const limits = new Map((await quotasOf(db, id)).map(({ kind, most }) => [kind, most]));
    const used = await Promise.all(QUOTA_KINDS.map((kind) => usedOf(db, id, kind)));
    return { quotas: QUOTA_KINDS.map((kind, index) => ({ kind, most: limits.get(kind) ?? null, used: used[index]! })) };
  };
  return [
    route({
      method: 'get',
      path: '/api/organization/quotas',
      id: 'listQuotas',
      summary: 'What the organization may have at most, and has',
      permission: 'quota:read',
      query: OfOrganization,
      responses: { 200: { description: 'Each kind.', schema: QuotaList } },
      handler: async ({ principal, query }) => ({
        status: 200,
        body: await standing(services.db, organizationOf(principal, query.organization_id)),
      }),
    }),
    route({
      method: 'put',
      path: '/api/admin/organizations/:id/quotas',
      id: 'setQuota',
      summary: 'Limit what an organization may have of a kind; what it has already stays',
      permission: 'quota:write',
      params: OrganizationParams,
      body: QuotaChange,
      responses: { 200: { description: 'Each kind.', schema: QuotaList } },
      transaction: true,
      handler: async ({ principal, params, body, tx }) => {
        if (!(await lockOrganization(tx, params.id))) throw notFound('organization', params.id);
        const before = (await quotasOf(tx, params.id)).find(({ kind }) => kind === body.kind)?.most ?? null;
        await setQuota(tx, params.id, body.kind, body.most, principal.name);
        const entry = { actor: principal.name, action: 'quota.changed', target: params.id, organizationId: params.id };
        await appendAudit(tx, { ...entry, data: { kind: body.kind }, before: { most: before }, after: { most: body.most } });
        return { status: 200, body: await standing(tx, params.id) };
      },
    }),
  ];
}

function termsRoutes(services: Services): Route[] {
  const present = async (db: Db, id: string) => ({
    terms: (await readSetting(db, TERMS)) as z.infer<typeof Terms> | null,
    accepted: (await listAcceptances(db, id)).map(({ version, acceptedBy, address, at }) => ({
      version,
      by: acceptedBy,
      address,
      at: at.toISOString(),
    })),
  });
  return [
    route({
      method: 'get',
      path: '/api/organization/terms',
      id: 'getTerms',
      summary: 'The terms of use that hold now, and what the organization has accepted',
      permission: 'organization:read',
      query: OfOrganization,
      responses: { 200: { description: 'Newest first.', schema: TermsStanding } },
      handler: async ({ principal, query }) => ({
        status: 200,
        body: await present(services.db, organizationOf(principal, query.organization_id)),
      }),
    }),
    route({
      method: 'post',
      path: '/api/organization/terms',
      id: 'acceptTerms',
      summary: 'Accept the terms of use that hold now, for the organization',
      permission: 'organization:update',
      query: OfOrganization,
      body: TermsAccept,
      responses: { 200: { description: 'Kept with time and address.', schema: TermsStanding } },
      transaction: true,
      handler: async ({ principal, query, body, tx }) => {
        const organizationId = organizationOf(principal, query.organization_id);
        const { actor, name } = principal;
        const userId = actor.kind === 'user' ? actor.id : null;
        if (!(await lockOrganization(tx, organizationId))) throw notFound('organization', organizationId);
        const terms = (await readSetting(tx, TERMS)) as z.infer<typeof Terms> | null;
        if (terms?.version !== body.version)
          throw refuseField(
            'version',
            'is not the one that holds now',
            terms ? `Read and accept ${terms.version}: ${terms.url}` : 'There are none.',
            409,
            'terms_changed',
          );
        await acceptTerms(tx, {
          organizationId,
          version: body.version,
          userId,
          acceptedBy: name,
          address: requestContext()?.address ?? null,
        });
        const entry = { actor: name, action: 'terms.accepted', target: organizationId, organizationId };
        await appendAudit(tx, { ...entry, data: { version: body.version } });
        return { status: 200, body: await present(tx, organizationId) };
      },
    }),
    setTermsRoute(),
  ];
}

function setTermsRoute(): Route {
  return route({
    method: 'put',
    path: '/api/admin/terms',
    id: 'setTerms',
    summary: 'Say which terms of use hold from now on',
    permission: 'setting:write',
    body: TermsChange,
    responses: { 200: { description: 'They hold.', schema: TermsAnswer } },
    transaction: true,
    handler: async ({ principal, body, tx }) => {
      const before = (await readSetting(tx, TERMS)) as z.infer<typeof Terms> | null;
      await writeSetting(tx, TERMS, body);
      const entry = { actor: principal.name, action: 'terms.changed', target: 'terms', organizationId: null };
      await appendAudit(tx, { ...entry, data: {}, before: before ?? {}, after: body });
      return { status: 200, body: { terms: body } };
    },
  });
}
