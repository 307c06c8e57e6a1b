/**
 * What opens a console's line at Plinth: the address that the provider told, sealed for a minute with the installation's key and
 * handed to who asked. So any process can open it, and nothing of it is kept.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { credentialOf } from '../../identity/policy/present-rights.ts';
import { timeNow } from '../../kernel/clock.ts';
import { handedOut } from '../../kernel/sealed.ts';
import { type SecretBox, SecretError } from '../../kernel/secrets.ts';
import type { Principal } from '../../kernel/services.ts';

const LIFE_MS = 60_000;

const Line = z.strictObject({
  kind: z.enum(['vnc', 'serial']),
  url: z.url(),
  password: z.string().nullable(),
  /** Of the websocket at the provider. */
  subprotocol: z.string().nullable(),
  /** Of an account at the real provider, whose addresses must be public and encrypted. */
  real: z.boolean(),
});
/** Where a console is, and how it is spoken to. Secret. */
export type Line = z.infer<typeof Line>;
const Ticket = z.strictObject({ line: Line, whose: z.string(), nonce: z.string(), untilMs: z.number() });

/** Bound to the id of the VPS. */
const TICKET = handedOut('console-ticket');
const whoIs = (principal: Principal): string => `${credentialOf(principal)} ${principal.organizationId ?? ''}`;

/** In letters that a websocket's subprotocol may have. */
export function sealTicket(secrets: SecretBox, principal: Principal, vpsId: string, line: Line, lifeMs = LIFE_MS): string {
  const ticket: z.infer<typeof Ticket> = {
    line,
    whose: whoIs(principal),
    nonce: randomUUID(),
    untilMs: timeNow().getTime() + lifeMs,
  };
  return Buffer.from(TICKET.seal(secrets, vpsId, JSON.stringify(ticket))).toString('base64url');
}

/** Takes each ticket once in this process; the provider's own address opens once wherever it is tried. */
export class TicketDesk {
  readonly #secrets: SecretBox;
  /** Until when each counts. */
  readonly #used = new Map<string, number>();

  constructor(secrets: SecretBox) {
    this.#secrets = secrets;
  }

  /** null: it is none, is too old, was used, or is for another VPS or somebody else. */
  take(ticket: string, principal: Principal, vpsId: string): Line | null {
    const now = timeNow().getTime();
    for (const [nonce, untilMs] of this.#used) if (untilMs <= now) this.#used.delete(nonce);
    const opened = this.#open(ticket, vpsId);
    if (!opened || opened.untilMs <= now || opened.whose !== whoIs(principal) || this.#used.has(opened.nonce)) return null;
    this.#used.set(opened.nonce, opened.untilMs);
    return opened.line;
  }

  #open(ticket: string, vpsId: string): z.infer<typeof Ticket> | null {
    try {
      const text = TICKET.open(this.#secrets, vpsId, Buffer.from(ticket, 'base64url').toString('utf8'));
      return Ticket.parse(JSON.parse(text));
    } catch (error) {
      if (error instanceof SecretError) return null;
      throw error;
    }
  }
}
