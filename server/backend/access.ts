/**
 * Who may do what with a stack's state. A principal is a person's API token or a worker's token for
 * one operation; both come in as `Authorization: token …`.
 */
import type { Permission } from '../../contract/permissions.ts';
import { can, whyNot } from '../kernel/can.ts';
import type { Principal } from '../kernel/services.ts';

export interface StatePrincipal {
  /** Shown to others who find the stack held: a token's name, or `worker <host>`. */
  readonly name: string;
  /** Of a person; a worker's token is no API token. */
  readonly tokenId?: string;
  /** Who it is and what it may do; null of a worker. */
  readonly person: Principal | null;
  /** Organization whose stacks it may see; also the default one of the command line. */
  readonly organization: string;
  /** Of a token that may see every organization: all of their names. */
  readonly organizations?: readonly string[];
  /** Of a worker: the operation that has a stack open; it may touch no other stack. */
  readonly operationOn?: (stack: string) => string | undefined;
  /** Of a worker: the row of that stack, so that another of the same name is none of its business. */
  readonly stackId?: string;
}

export function seesOrganization(principal: StatePrincipal, organization: string | undefined): boolean {
  if (principal.operationOn) return organization !== undefined;
  return organization !== undefined && (principal.organizations ?? [principal.organization]).includes(organization);
}

/** What is done with a stack, and the permission that it needs. */
const NEEDED = {
  read: 'stack:read',
  preview: 'stack:preview',
  update: 'stack:update',
  refresh: 'stack:refresh',
  'see-secrets': 'stack:decrypt',
  cancel: 'stack:cancel',
  tag: 'stack:tag',
  destroy: 'stack:destroy',
  import: 'stack:import',
  'create-stack': 'stack:create',
  'delete-stack': 'stack:delete',
} as const satisfies Record<string, Permission>;
export type StateAction = keyof typeof NEEDED;

/** null when allowed, else the sentence that says what is missing. */
export function refusal(principal: StatePrincipal, action: StateAction, stack?: string): string | null {
  if (principal.operationOn && stack !== undefined && principal.operationOn(stack) === undefined) {
    return 'No operation of this worker has this stack open.';
  }
  const { person } = principal;
  return person === null || can(person, NEEDED[action]) ? null : whyNot(person, NEEDED[action]);
}
