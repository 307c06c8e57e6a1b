/**
 * Whose stack the engine works on. A plug-in is told neither the stack nor the update; but every URN names the stack, and
 * with the VPS the service finds the account and the update that this login runs.
 */
const STACK = /^urn:pulumi:vps-([a-z0-9]+)::plinth::/;

/** The VPS's id. @throws Error naming what the URN lacks. */
export function vpsOf(urn: string): string {
  const id = STACK.exec(urn)?.[1];
  if (id === undefined) throw new Error(`${urn} belongs to no VPS of Plinth, so there is no account to reach for it.`);
  return id;
}
