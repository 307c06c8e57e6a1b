/** The person who is signed in: organizations, sessions, password, second factor, passkeys, and whom they ask in. */
import { useQuery } from '@tanstack/react-query';
import { api, type Me } from '../../kit/api/client.ts';
import { meQuery } from '../../kit/api/people-queries.ts';
import { Invitations } from '../components/invitations-card.tsx';
import { Page } from '../../kit/parts/page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { ToldCard } from '../../features/people/told-card.tsx';
import { SessionsCard } from '../../features/people/sessions-card.tsx';
import { PasskeysCard, PasswordCard, SecondFactorCard } from '../../features/people/sign-in-cards.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card, Facts } from '../../kit/ui/card.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { useAction } from '../../kit/lib/use-action.ts';
import { useMay, useSession } from '../../kit/lib/use-session.ts';

export function MePage() {
  const session = useSession();
  const may = useMay();
  const isPerson = session !== undefined && session.user_id !== null;
  const me = useQuery({ ...meQuery, enabled: isPerson });
  return (
    <Page title="You">
      {session && !isPerson && (
        <p className="text-ink-2">This browser is signed in with a token. Sign in as a person to see sessions and second factors.</p>
      )}
      {me.error && <ProblemNote error={me.error} retry={() => void me.refetch()} />}
      {me.isLoading && <Loading what="who you are" />}
      {me.data && (
        <>
          <About me={me.data} />
          <ToldCard />
          <SessionsCard />
          {me.data.has_password && <PasswordCard />}
          <SecondFactorCard me={me.data} />
          <PasskeysCard />
          {session?.organization_id != null && may('invitation:write') && <Invitations />}
        </>
      )}
    </Page>
  );
}

function About({ me }: { me: Me }) {
  const session = useSession();
  const choose = useAction((id: string) => api.chooseOrganization({ body: { organization_id: id } }));
  return (
    <Card title={me.name}>
      <Facts
        items={[['E-mail', me.email], ['Handle', me.handle], ...(me.staff_role === null ? [] : [['Staff', me.staff_role] as const])]}
      />
      <ul className="mt-3 divide-y divide-line">
        {me.memberships.map(({ organization_id: id, organization_name: name, role }) => (
          <li key={id} className="flex flex-wrap items-center gap-3 py-2">
            <span className="font-medium">{name}</span>
            <Badge dot={false}>{role}</Badge>
            {session?.organization_id === id ? (
              <span className="text-ink-2">acting for it</span>
            ) : me.staff_role === null ? (
              <Button busy={choose.isPending} onClick={() => choose.mutate(id)}>
                Act for {name}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </Card>
  );
}
