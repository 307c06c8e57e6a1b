/**
 * Who may do what with a stack's state. A principal is a person's API token or a worker's token for
 * one operation; both come in as `Authorization: token …`.
 */
export interface StatePrincipal {
  /** Shown to others who find the stack held: a token's name, or `worker <host>`. */
  readonly name: string;
  readonly role: 'viewer' | 'operator' | 'admin';
  /** Organization whose stacks it may see; also the default one of the command line. */
  readonly organization: string;
  /** Of a token that may see every organization: all of their names. */
  readonly organizations?: readonly string[];
  /** Of a worker: the operation that has a stack open; it may touch no other stack. */
  readonly operationOn?: (stack: string) => string | undefined;
}

export function seesOrganization(principal: StatePrincipal, organization: string | undefined): boolean {
  if (principal.operationOn) return organization !== undefined;
  return organization !== undefined && (principal.organizations ?? [principal.organization]).includes(organization);
}

export type StateAction =
  | 'read'
  | 'preview'
  | 'update'
  | 'refresh'
  | 'destroy'
  | 'import'
  | 'cancel'
  | 'create-stack'
  | 'delete-stack'
  | 'tag'
  | 'see-secrets';

const RANK = { viewer: 0, operator: 1, admin: 2 } as const;

const NEEDED: Record<StateAction, keyof typeof RANK> = {
  read: 'viewer',
  preview: 'viewer',
  update: 'operator',
  refresh: 'operator',
  'see-secrets': 'operator',
  cancel: 'operator',
  tag: 'operator',
  destroy: 'admin',
  import: 'admin',
  'create-stack': 'admin',
  'delete-stack': 'admin',
};

/** null when allowed, else the sentence that says what is missing. */
export function refusal(principal: StatePrincipal, action: StateAction, stack?: string): string | null {
  if (principal.operationOn && stack !== undefined && principal.operationOn(stack) === undefined) {
    return 'No operation of this worker has this stack open.';
  }
  const needed = NEEDED[action];
  if (RANK[principal.role] >= RANK[needed]) return null;
  return `${action} needs the role ${needed}; this token has ${principal.role}. Ask an admin for a token with that role.`;
}
