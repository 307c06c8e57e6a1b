/** Whom the session of a person makes them: staff on the platform, everybody else in one organization. */
import type { StaffRole } from '../../../contract/permissions.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/database.ts';
import { Refusal } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { asMember, granted } from '../policy/grants.ts';
import { type Asking, saysDashboard, tokenOfCookie } from './door.ts';
import { sessionsWithUsers, sessionWithUser } from './entries-store.ts';
import { personById } from '../users/store.ts';
import { hashOf } from '../tokens/authenticate.ts';

interface Person {
  readonly id: string;
  readonly name: string;
  readonly staffRole: string | null;
  readonly disabledAt: Date | null;
  readonly twoFactorEnabled: boolean;
  readonly members: readonly Parameters<typeof asMember>[0][];
}

/** `null`: no session. @throws Refusal 403 when another site may have caused the request. */
export async function principalOfUser({ db, config, recent }: Services, request: Asking): Promise<Principal | null> {
  const token = tokenOfCookie(config, request);
  if (token === null) return null;
  if (!saysDashboard(request))
    throw new Refusal(
      403,
      'foreign_request',
      `A sign-in in the browser counts for the dashboard's own requests only. Send a token instead: Authorization: Bearer plinth_….`,
    );
  const now = timeNow();
  const session = await recent.get(`session/${hashOf(token).toString('hex')}`, () => sessionWithUser(db, token, now));
  if (session && session.expiresAt <= now) return null;
  const principal = session && personAs(session.user, session.organizationId);
  return principal && { ...principal, sessionId: session.id, secondFactorAt: session.secondFactorAt };
}

/** In the organization of their choice, while they are in it; else in the first one. null: nobody who may do anything. */
export function personAs(person: Person, chosen: string | null): Principal | null {
  const { id, name, staffRole, members } = person;
  if (person.disabledAt !== null) return null;
  const base = { actor: { kind: 'user', id, name }, name, tokenId: null } as const;
  if (staffRole !== null) {
    const permissions = granted({ of: 'staff', role: staffRole as StaffRole }, null);
    return { ...base, role: staffRole, organizationId: null, permissions };
  }
  const open = members.filter(({ organization }) => organization.status !== 'closed');
  const member = open.find(({ organizationId }) => organizationId === chosen) ?? open[0];
  if (!member) return null;
  const rights = asMember(member, person.twoFactorEnabled);
  return rights && { ...base, ...rights, organizationId: member.organizationId };
}

/** What the sessions of `ids` make their people at this moment; those that have ended are left out. */
export async function presentPersons(db: Db, ids: readonly string[]): Promise<Map<string, Principal>> {
  if (ids.length === 0) return new Map();
  const sessions = await sessionsWithUsers(db, ids, timeNow());
  return new Map(
    sessions.flatMap(({ id, user, organizationId }) => {
      const principal = personAs(user, organizationId);
      return principal ? [[id, principal] as const] : [];
    }),
  );
}

/** What a person is there at this moment, without a session: for what goes on in their name. */
export async function personIn(db: Db, userId: string, scope: string | null): Promise<Principal | null> {
  const person = await personById(db, userId);
  return person && personAs(person, scope);
}
