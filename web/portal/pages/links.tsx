/** Where the links of mails lead: proving an address, a new password, an invitation. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { api, isSignedIn } from '../../kit/api/client.ts';
import { FrontForm, FrontPage, Told, ToSignIn } from '../../features/people/front-page.tsx';
import { PersonForm } from '../../features/people/person-form.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { TextField } from '../../kit/ui/field.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { useLinkSecret } from '../../features/people/link-secret.ts';
import { peopleWords } from '../../features/people/words/people.ts';
import { useGo } from '../link.tsx';
import { frontWords } from '../words/front.ts';
import { useAction } from '../../kit/lib/use-action.ts';

export function VerifyPage() {
  const t = frontWords.use();
  const secret = useLinkSecret();
  const verify = useAction(() => api.verifyAddress({ body: { secret } }), { quiet: true });
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    verify.mutate(undefined);
  });
  return (
    <FrontPage title={t('yourAddress')}>
      {verify.isPending && <Loading what={t('answer')} />}
      {verify.error && <ProblemNote error={verify.error} />}
      {verify.isSuccess && <Told>{t('confirmed')}</Told>}
      <ToSignIn to="/portal/sign-in" />
    </FrontPage>
  );
}

export function ResetPage() {
  const t = frontWords.use();
  const secret = useLinkSecret();
  return <FrontPage title={t('aNewPassword')}>{secret === '' ? <AskForReset /> : <SetPassword secret={secret} />}</FrontPage>;
}

function AskForReset() {
  const t = frontWords.use();
  const p = peopleWords.use();
  const [email, setEmail] = useState('');
  const ask = useAction(() => api.askForPasswordReset({ body: { email } }), { quiet: true });
  return (
    <>
      {ask.isSuccess ? (
        <Told>{t('linkSent')}</Told>
      ) : (
        <FrontForm
          action={t('sendLink')}
          busy={ask.isPending}
          missing={email === '' ? t('typeAddress') : null}
          error={ask.error}
          onSubmit={() => ask.mutate(undefined)}
        >
          <TextField
            label={p('email')}
            type="email"
            autoFocus
            autoComplete="username"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        </FrontForm>
      )}
      <ToSignIn to="/portal/sign-in" />
    </>
  );
}

function SetPassword({ secret }: { secret: string }) {
  const t = frontWords.use();
  const p = peopleWords.use();
  const [password, setPassword] = useState('');
  const set = useAction(() => api.resetPassword({ body: { secret, password } }), { quiet: true });
  return (
    <>
      {set.isSuccess ? (
        <Told>{t('isSet')}</Told>
      ) : (
        <FrontForm
          action={t('setPassword')}
          busy={set.isPending}
          missing={password.length < 10 ? t('chooseLong') : null}
          error={set.error}
          onSubmit={() => set.mutate(undefined)}
        >
          <TextField
            label={p('newPassword')}
            type="password"
            autoFocus
            autoComplete="new-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </FrontForm>
      )}
      <ToSignIn to="/portal/sign-in" />
    </>
  );
}

export function InvitationPage() {
  const t = frontWords.use();
  const secret = useLinkSecret();
  const go = useGo();
  const look = useQuery({
    queryKey: ['invitation', secret.slice(0, 8)],
    queryFn: () => api.lookAtInvitation({ body: { secret } }),
    retry: false,
  });
  const invitation = look.data?.invitation;
  const accept = useAction(() => api.acceptInvitation({ body: { secret } }), { quiet: true, done: () => go('/portal') });
  const [isNew, become] = useState(false);
  return (
    <FrontPage title={t('anInvitation')}>
      {look.isLoading && <Loading what={t('invitation')} />}
      {look.error && <ProblemNote error={look.error} />}
      {invitation && (
        <p>
          {t('invites', { who: invitation.inviter ?? t('somebody'), email: invitation.email })}{' '}
          <strong>{invitation.organization_name}</strong>
          {t('withRole', { role: invitation.role })}
        </p>
      )}
      {isNew ? (
        <Told>{t('youAreMember')}</Told>
      ) : invitation && isSignedIn() ? (
        <>
          {accept.error && <ProblemNote error={accept.error} />}
          <Button variant="primary" busy={accept.isPending} onClick={() => accept.mutate(undefined)}>
            {t('accept')}
          </Button>
        </>
      ) : invitation ? (
        <>
          <p className="text-ink-2">{t('ifAccount')}</p>
          <PersonForm
            email={invitation.email}
            action={t('makeAndAccept')}
            send={(person) => api.signUpWithPassword({ body: { ...person, invitation: secret } })}
            onDone={() => become(true)}
          />
        </>
      ) : null}
      <ToSignIn to="/portal/sign-in" />
    </FrontPage>
  );
}
