/** The customers' sign-in: password and code, passkey, or where the company signs on. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { FrontForm, FrontPage } from '../../features/people/front-page.tsx';
import { hasPasskeys, showPasskey } from '../../features/people/passkey.ts';
import { peopleWords } from '../../features/people/words/people.ts';
import { api } from '../../kit/api/client.ts';
import { signInOptionsQuery } from '../../kit/api/people-queries.ts';
import { asApiError } from '../../kit/api/problem.ts';
import { safeNext } from '../../kit/lib/next.ts';
import { factorOf } from '../../kit/lib/second-factor.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { Button } from '../../kit/ui/button.tsx';
import { Checkbox, TextField } from '../../kit/ui/field.tsx';
import { Link, useGo, useQueryText } from '../link.tsx';
import { frontWords } from '../words/front.ts';

export function SignInPage() {
  const t = frontWords.use();
  const go = useGo();
  const next = useQueryText('next');
  const [asksForCode, askForCode] = useState(false);
  const [keep, setKeep] = useState(false);
  const enter = async (): Promise<void> => {
    const { buys } = await api.getSession();
    // Staff, and who creates servers without buying, have pages of their own.
    if (buys) go(safeNext(next) ?? '/portal', { replace: true });
    else location.assign(safeNext(next) ?? '/');
  };
  const done = (): void => void enter();
  return (
    <FrontPage title={t('signInTo')}>
      <p className="-mt-4 text-ink-2">{t('lead')}</p>
      {useQueryText('expired') !== undefined && (
        <p role="status" className="rounded-md border border-warn/50 bg-warn-soft px-4 py-3">
          {t('expired')}
        </p>
      )}
      {asksForCode ? (
        <CodeForm onDone={done} onBack={() => askForCode(false)} />
      ) : (
        <>
          <PasswordForm keep={keep} onDone={done} onCode={() => askForCode(true)} />
          <Checkbox label={t('keep')} help={t('keepHelp')} checked={keep} onChange={(event) => setKeep(event.target.checked)} />
          <OtherWays onDone={done} />
        </>
      )}
    </FrontPage>
  );
}

function PasswordForm({ keep, onDone, onCode }: { keep: boolean; onDone: () => void; onCode: () => void }) {
  const [t, p] = [frontWords.use(), peopleWords.use()];
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const signIn = useAction(() => api.signInWithPassword({ body: { email, password, keep } }), {
    quiet: true,
    done: ({ signed_in: isIn }) => (isIn ? onDone() : onCode()),
  });
  const resend = useAction(() => api.resendProof({ body: { email } }));
  const unproved = signIn.error !== null && asApiError(signIn.error).code === 'address_not_verified';
  return (
    <FrontForm
      action={t('continue')}
      busy={signIn.isPending}
      missing={email === '' || password === '' ? t('typeBoth') : null}
      error={signIn.error}
      onSubmit={() => signIn.mutate(undefined)}
    >
      <TextField
        label={p('email')}
        type="email"
        name="email"
        autoFocus
        autoComplete="username"
        value={email}
        onChange={(event) => setEmail(event.target.value)}
      />
      <TextField
        label={p('password')}
        type="password"
        name="password"
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        help={
          <Link to="/reset" className="inline-block py-1 underline underline-offset-2">
            {t('forgotten')}
          </Link>
        }
      />
      {unproved && (
        <Button busy={resend.isPending} disabledReason={resend.isSuccess ? t('wasSent') : null} onClick={() => resend.mutate(undefined)}>
          {t('sendAgain')}
        </Button>
      )}
    </FrontForm>
  );
}

function CodeForm({ onDone, onBack }: { onDone: () => void; onBack: () => void }) {
  const [t, p] = [frontWords.use(), peopleWords.use()];
  const [code, setCode] = useState('');
  const show = useAction(() => api.showSecondFactor({ body: factorOf(code) }), { quiet: true, done: onDone });
  return (
    <>
      <FrontForm
        action={t('continue')}
        busy={show.isPending}
        missing={code.trim() === '' ? t('typeCode') : null}
        error={show.error}
        onSubmit={() => show.mutate(undefined)}
      >
        <TextField
          label={p('code')}
          autoFocus
          autoComplete="one-time-code"
          spellCheck={false}
          value={code}
          onChange={(event) => setCode(event.target.value)}
          help={t('codeHelp')}
        />
      </FrontForm>
      <Button onClick={onBack}>{t('beginAgain')}</Button>
    </>
  );
}

function OtherWays({ onDone }: { onDone: () => void }) {
  const t = frontWords.use();
  const options = useQuery(signInOptionsQuery).data;
  const passkey = useAction(
    async () => {
      const { public_key: asked } = await api.getPasskeySignInOptions();
      return await api.signInWithPasskey({ body: { response: await showPasskey(asked) } });
    },
    { done: onDone },
  );
  const oidc = useAction(() => api.signInWithOidc(), { done: ({ url }) => location.assign(url) });
  return (
    <div className="flex flex-col gap-2">
      {hasPasskeys() && (
        <Button icon="key" busy={passkey.isPending} onClick={() => passkey.mutate(undefined)}>
          {t('usePasskey')}
        </Button>
      )}
      {options?.oidc != null && (
        <Button icon="external" busy={oidc.isPending} onClick={() => oidc.mutate(undefined)}>
          {options.oidc}
        </Button>
      )}
      {options?.sign_up === 'open' && (
        <Link to="/sign-up" className="py-2 text-center underline underline-offset-2">
          {t('makeAccount')}
        </Link>
      )}
    </div>
  );
}
