/** A console's line through Plinth, as a websocket speaks it. No schemas: the pages read it as well. */

export const LINE_PROTOCOL = 'plinth-console';
/** What stands before the ticket in the other subprotocol that a caller offers. */
export const TICKET = 'ticket.';

/** What this end says first, as one text frame of JSON. */
export interface LineGreeting {
  readonly kind: 'vnc' | 'serial';
  /** Secret; what the screen asks for. null = it asks for none. */
  readonly password: string | null;
}
/** The caller's text frame that has the provider's console connected. */
export const LINE_START = 'start';
/** The text frame that says it is; what follows is the console's own. */
export const LINE_OPEN = 'open';

/** How a line ends: the code of the websocket's close. */
export const LINE_END = {
  /** The provider closed it. */
  ended: 4000,
  /** The provider did not take the connection. */
  refused: 4001,
  /** Nothing was typed for long. */
  idle: 4002,
  /** The caller may not see it any more, or not now. */
  rights: 4003,
  /** The caller did not start it, or started with something else. */
  unstarted: 4004,
  /** The ticket is none, is too old, was used, or is somebody else's. */
  ticket: 4005,
  /** This person has as many open as one may have. */
  many: 4006,
  /** This process has as many open as it may have. */
  full: 4007,
  /** Plinth restarts; the next opening finds it again. */
  stopping: 1012,
} as const;
export type LineEnd = keyof typeof LINE_END;
