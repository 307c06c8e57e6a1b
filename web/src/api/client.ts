/** Calls Plinth's API as the signed-in token. Shapes come from the contract; the network from `fetch`. */
import type { z } from 'zod';
import type {
  Alert,
  Automation,
  AutomationChange,
  Drift,
  DriftAnswer,
  DriftList,
  Inventory,
  InventoryAnswer,
  SweepAnswer,
  SweepList,
} from '../../../contract/drift.ts';
import type { Account, AccountAnswer, AccountCreate, AccountList, CatalogAnswer, CatalogKind } from '../../../contract/provider.ts';
import type { Operation, OperationPage, EventPage } from '../../../contract/operation.ts';
import type { Overview, Session } from '../../../contract/overview.ts';
import type { AuditPage, TokenCreate, TokenCreated, TokenList, Token } from '../../../contract/token.ts';
import type { VpsAction, VpsChange, VpsPatch } from '../../../contract/lifecycle.ts';
import type {
  RevealAnswer,
  Vps,
  VpsAccepted,
  VpsCreate,
  VpsDetail,
  VpsEnding,
  VpsOutputs,
  VpsPage,
  VpsPreviewed,
} from '../../../contract/vps.ts';
import { readStored, writeStored } from '../lib/storage.ts';
import { ApiError, asApiError, errorOf } from './problem.ts';

export type { Account, AccountCreate, Operation, Overview, Session, Vps, VpsDetail };
export type AccountListBody = z.infer<typeof AccountList>;
export type AvailableProvider = AccountListBody['available'][number];
export type TokenRow = z.infer<typeof Token>;
export type TokenCreateBody = z.input<typeof TokenCreate>;
export type VpsCreateBody = z.input<typeof VpsCreate>;
export type Reveal = z.infer<typeof RevealAnswer>;
export type VpsActionBody = z.input<typeof VpsAction>;
export type VpsChangeBody = z.input<typeof VpsChange>;
export type Ending = z.infer<typeof VpsEnding>;
export type DriftRow = z.infer<typeof Drift>;
export type InventoryBody = z.infer<typeof Inventory>;
export type InventoryRow = InventoryBody['items'][number];
export type SweepRow = z.infer<typeof SweepList>['sweeps'][number];
export type AutomationBody = z.infer<typeof Automation>;
export type AlertRow = z.infer<typeof Alert>;
export type Accepted = z.infer<typeof VpsAccepted>;
export type AuditRow = z.infer<typeof AuditPage>['events'][number];
type Query = Readonly<Record<string, string | number | boolean | undefined>>;

const TOKEN_KEY = 'plinth.token';

export const getToken = (): string | null => readStored(TOKEN_KEY);
export const setToken = (token: string | null, keep = false): void => writeStored(TOKEN_KEY, token, keep);

interface CallOptions {
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** Sent instead of the stored token, for signing in. */
  readonly token?: string;
  /** The same key sent twice does the thing once: what a second click or a lost answer needs. */
  readonly idempotencyKey?: string;
}

let onUnauthenticated: () => void = () => undefined;
/** Called when a token that worked before is refused: expired or revoked. */
export function whenUnauthenticated(listener: () => void): void {
  onUnauthenticated = listener;
}

/** @throws ApiError */
export async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
  const token = options.token ?? getToken();
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: {
        accept: 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(options.idempotencyKey === undefined ? {} : { 'idempotency-key': options.idempotencyKey }),
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw asApiError(error);
  }
  if (response.status === 204) return undefined as T;
  if (response.ok) return (await response.json()) as T;
  const error = await errorOf(response);
  if (error.status === 401 && options.token === undefined) onUnauthenticated();
  throw error;
}

export function withQuery(path: string, query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') search.set(name, String(value));
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

type Signal = AbortSignal | undefined;
const get = <T>(path: string, query: Query, signal: Signal): Promise<T> => call<T>('GET', withQuery(path, query), { signal });
const post = <T>(path: string, body?: unknown, idempotencyKey?: string): Promise<T> =>
  call<T>('POST', path, { ...(body === undefined ? {} : { body }), ...(idempotencyKey === undefined ? {} : { idempotencyKey }) });

export const api = {
  session: (token?: string, signal?: Signal) => call<Session>('GET', '/api/session', { signal, ...(token === undefined ? {} : { token }) }),
  overview: (signal?: Signal) => get<Overview>('/api/overview', {}, signal),

  vpsList: (query: Query, signal?: Signal) => get<z.infer<typeof VpsPage>>('/api/vps', query, signal),
  vps: (id: string, signal?: Signal) => get<{ instance: VpsDetail }>(`/api/vps/${id}`, {}, signal),
  vpsOutputs: (id: string, signal?: Signal) => get<z.infer<typeof VpsOutputs>>(`/api/vps/${id}/outputs`, {}, signal),
  vpsCreate: (body: VpsCreateBody, key: string) => post<Accepted>('/api/vps', body, key),
  vpsAct: (id: string, action: 'refresh' | 'preview' | 'retry', key: string) => post<Accepted>(`/api/vps/${id}/${action}`, undefined, key),
  vpsAction: (id: string, body: VpsActionBody, key: string) => post<Accepted>(`/api/vps/${id}/actions`, body, key),
  vpsPreview: (id: string, change: VpsChangeBody) => post<z.infer<typeof VpsPreviewed>>(`/api/vps/${id}/preview`, { change }),
  vpsPatch: (id: string, body: z.input<typeof VpsPatch>) => call<{ instance: Vps }>('PATCH', `/api/vps/${id}`, { body }),
  vpsDelete: (id: string, graceHours?: number) => call<Ending>('DELETE', withQuery(`/api/vps/${id}`, { grace_hours: graceHours })),
  vpsRestore: (id: string) => post<{ instance: Vps }>(`/api/vps/${id}/restore`),
  vpsReveal: (id: string, reason: string, again: boolean) => post<Reveal>(`/api/vps/${id}/reveal-password`, { reason, again }),

  operationList: (query: Query, signal?: Signal) => get<z.infer<typeof OperationPage>>('/api/operations', query, signal),
  operation: (id: string, signal?: Signal) => get<{ operation: Operation }>(`/api/operations/${id}`, {}, signal),
  operationCancel: (id: string) => post<{ operation: Operation }>(`/api/operations/${id}/cancel`),
  operationEvents: (id: string, after: number, signal?: Signal) =>
    get<z.infer<typeof EventPage>>(`/api/operations/${id}/events`, { after }, signal),

  accountList: (signal?: Signal) => get<AccountListBody>('/api/admin/providers', {}, signal),
  accountCreate: (body: z.input<typeof AccountCreate>) => post<z.infer<typeof AccountAnswer>>('/api/admin/providers', body),
  accountPatch: (id: string, body: { name?: string; configuration?: Record<string, unknown> }) =>
    call<z.infer<typeof AccountAnswer>>('PATCH', `/api/admin/providers/${id}`, { body }),
  accountDelete: (id: string) => call<undefined>('DELETE', `/api/admin/providers/${id}`),
  accountCheck: (id: string) => post<z.infer<typeof AccountAnswer>>(`/api/admin/providers/${id}/check`),
  accountRotate: (id: string, api_key: string | Record<string, string>) =>
    post<z.infer<typeof AccountAnswer>>(`/api/admin/providers/${id}/rotate-key`, { api_key }),
  catalog: (kind: CatalogKind, providerId: string, refresh: boolean, signal?: Signal) =>
    get<z.infer<typeof CatalogAnswer>>(`/api/admin/upstream/${kind}`, { providerId, refresh: refresh || undefined }, signal),

  driftList: (query: Query, signal?: Signal) => get<z.infer<typeof DriftList>>('/api/admin/drift', query, signal),
  driftAct: (id: string, action: 'accept' | 'repair', confirm?: string) =>
    post<z.infer<typeof DriftAnswer>>(`/api/admin/drift/${id}/${action}`, confirm === undefined ? {} : { confirm }),
  driftDismiss: (id: string, reason: string) => post<z.infer<typeof DriftAnswer>>(`/api/admin/drift/${id}/dismiss`, { reason }),
  inventory: (signal?: Signal) => get<InventoryBody>('/api/admin/inventory', {}, signal),
  inventoryDelete: (id: string, object_id: string, reason: string) =>
    post<z.infer<typeof InventoryAnswer>>(`/api/admin/inventory/${id}/delete`, { object_id, reason }),
  sweepList: (signal?: Signal) => get<z.infer<typeof SweepList>>('/api/admin/sweeps', {}, signal),
  sweepRun: (name: string) => post<z.infer<typeof SweepAnswer>>(`/api/admin/sweeps/${name}/run`),
  automation: (signal?: Signal) => get<AutomationBody>('/api/admin/automation', {}, signal),
  automationChange: (body: z.input<typeof AutomationChange>) => call<AutomationBody>('PUT', '/api/admin/automation', { body }),

  tokenList: (signal?: Signal) => get<z.infer<typeof TokenList>>('/api/tokens', {}, signal),
  tokenCreate: (body: TokenCreateBody) => post<z.infer<typeof TokenCreated>>('/api/tokens', body),
  tokenRevoke: (id: string) => call<{ token: TokenRow }>('DELETE', `/api/tokens/${id}`),
  auditList: (before: string | undefined, signal?: Signal) => get<z.infer<typeof AuditPage>>('/api/audit', { before }, signal),
};

export { ApiError };
