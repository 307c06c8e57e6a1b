/** A VPS's console on the wire. */
import { z } from 'zod';
import { Timestamp } from './ids.ts';

export const Console = z.strictObject({
  /** `vnc` and `serial` speak over a websocket, `page` is the provider's own page. */
  kind: z.enum(['vnc', 'serial', 'page']),
  /** Secret: lets in whoever has it. */
  url: z.url(),
  /** Secret; what the other end asks for. null = it asks for none. */
  password: z.string().nullable(),
  /** Until when `url` opens; null = the provider does not tell. Each call may end the one before. */
  expires_at: Timestamp.nullable(),
  simulated: z.boolean(),
  /**
   * Secret: for a minute it has Plinth open a websocket to it for this caller, once, at `/api/vps/:id/console/line`, with the
   * subprotocols `plinth-console` and `ticket.` with this. null = there is nothing to relay.
   */
  relay: z.string().nullable(),
});
export type Console = z.infer<typeof Console>;
