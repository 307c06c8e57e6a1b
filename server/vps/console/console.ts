/** A VPS's screen or serial line, opened at its provider for a moment's use. The address is told once and kept nowhere. */
import type { Console } from '../../../contract/console.ts';
import type { ConsoleAccess } from '../../../providers/manners.ts';
import { clientOf, providerOf } from '../../accounts/accounts.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { inTransaction } from '../../kernel/database.ts';
import { Refusal } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { situationFrom } from '../changes/guard.ts';
import { consoleRefusal } from '../changes/standing.ts';
import type { VpsWithAccount } from '../store.ts';
import { mustVps } from '../vps.ts';
import { sealTicket } from './ticket.ts';

const OPEN_TIMEOUT_MS = 30_000;

/**
 * Opens it; who did stands in the audit trail before anybody is told the address.
 * @throws Refusal 409 when the provider has none, there is no server, or the VPS is held back from who asks.
 */
export async function openConsole(services: Services, principal: Principal, id: string): Promise<Console> {
  const vps = await mustVps(services, principal, id);
  const capability = providerOf(services, vps.account).descriptor.capabilities.console;
  if (!capability.can) throw new Refusal(409, 'not_supported', capability.reason);
  const refused = consoleRefusal(situationFrom(services, principal, vps, []));
  if (refused) throw new Refusal(409, refused.code, `The console of "${vps.label}" cannot be opened now. ${refused.reason}`);
  const { compute } = clientOf(services, vps.account);
  if (!compute?.console || vps.instanceId === null)
    throw new Refusal(409, 'no_instance', `The provider has no server of "${vps.label}" yet. Wait until it is active.`);
  const opened = await compute.console(vps.instanceId, { signal: AbortSignal.timeout(OPEN_TIMEOUT_MS) });
  await inTransaction(services.db, (tx) =>
    appendAudit(tx, {
      actor: principal.name,
      action: 'vps.console-opened',
      target: vps.id,
      organizationId: vps.organizationId,
      data: { kind: opened.kind },
    }),
  );
  return presented(services, principal, vps, opened);
}

/** With the ticket by which a line through Plinth is opened, where there is a line. */
function presented(services: Services, principal: Principal, { id, account }: VpsWithAccount, opened: ConsoleAccess): Console {
  const { kind, url, expiresAt, password = null, subprotocol = null } = opened;
  const simulated = account.endpointKind === 'simulator';
  const isLine = url.startsWith('wss:') || (simulated && url.startsWith('ws:'));
  const relay =
    kind === 'page' || !isLine ? null : sealTicket(services.secrets, principal, id, { kind, url, password, subprotocol, real: !simulated });
  return { kind, url, password, expires_at: expiresAt, simulated, relay };
}
