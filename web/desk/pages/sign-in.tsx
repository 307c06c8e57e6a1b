import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { api } from '../../kit/api/client.ts';
import { asApiError } from '../../kit/api/problem.ts';
import { signInOptionsQuery } from '../../kit/api/people-queries.ts';
import { FrontForm, FrontPage } from '../../features/people/front-page.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Checkbox, TextField } from '../../kit/ui/field.tsx';
import { safeNext } from '../../kit/lib/next.ts';
import { hasPasskeys, showPasskey } from '../../features/people/passkey.ts';
import { factorOf } from '../../kit/lib/second-factor.ts';
import { useAction } from '../../kit/lib/use-action.ts';

const PROBLEMS: Readonly<Record<string, string>> = {
  sign_up_closed: 'There is no user for this address here, and nobody can sign up by themselves.',
  user_disabled: 'This user may not sign in any more.',
};

export function SignInPage() {
  const { next, expired, problem } = useSearch({ from: '/sign-in' });
  const navigate = useNavigate();
  const [asksForCode, askForCode] = useState(false);
  const [keep, setKeep] = useState(false);
  const enter = async (): Promise<void> => {
    const wanted = safeNext(next);
    // Who buys servers has pages of their own.
    if (wanted === undefined && (await api.getSession()).buys) location.assign('/portal');
    else await navigate({ href: wanted ?? '/', replace: true });
  };
  return (
    <FrontPage title="Sign in to Plinth">
      {expired && (
        <p role="status" className="rounded-md border border-warn/50 bg-warn-soft px-4 py-3">
          Your sign-in has ended, or its token has expired or was revoked. Sign in again; you come back to the same page.
        </p>
      )}
      {problem !== undefined && (
        <p role="alert" className="rounded-md border border-bad/40 bg-bad-soft px-4 py-3">
          {PROBLEMS[problem] ?? 'Signing in there did not work. Begin again.'}
        </p>
      )}
      {asksForCode ? (
        <CodeForm onDone={() => void enter()} onBack={() => askForCode(false)} />
      ) : (
        <>
          <PasswordForm keep={keep} onDone={() => void enter()} onCode={() => askForCode(true)} />
          <OtherWays onDone={() => void enter()} />
          <TokenForm keep={keep} onDone={() => void enter()} />
        </>
      )}
      {!asksForCode && (
        <Checkbox
          label="Keep me signed in in this browser"
          help="Longer than a day: a week with a password, 30 days with a token. Otherwise until the browser is closed."
          checked={keep}
          onChange={(event) => setKeep(event.target.checked)}
        />
      )}
    </FrontPage>
  );
}

function PasswordForm({ keep, onDone, onCode }: { keep: boolean; onDone: () => void; onCode: () => void }) {
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
      action="Continue"
      busy={signIn.isPending}
      missing={email === '' || password === '' ? 'Type address and password first.' : null}
      error={signIn.error}
      onSubmit={() => signIn.mutate(undefined)}
    >
      <TextField
        label="E-mail"
        type="email"
        name="email"
        autoFocus
        autoComplete="username"
        value={email}
        onChange={(event) => setEmail(event.target.value)}
      />
      <TextField
        label="Password"
        type="password"
        name="password"
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        help={
          <a href="/reset" className="inline-block py-1 underline underline-offset-2">
            Forgotten?
          </a>
        }
      />
      {unproved && (
        <Button busy={resend.isPending} disabledReason={resend.isSuccess ? 'It was sent.' : null} onClick={() => resend.mutate(undefined)}>
          Send the link again
        </Button>
      )}
    </FrontForm>
  );
}

function CodeForm({ onDone, onBack }: { onDone: () => void; onBack: () => void }) {
  const [code, setCode] = useState('');
  const show = useAction(() => api.showSecondFactor({ body: factorOf(code) }), { quiet: true, done: onDone });
  return (
    <>
      <FrontForm
        action="Continue"
        busy={show.isPending}
        missing={code.trim() === '' ? 'Type the code first.' : null}
        error={show.error}
        onSubmit={() => show.mutate(undefined)}
      >
        <TextField
          label="Code"
          autoFocus
          autoComplete="one-time-code"
          spellCheck={false}
          value={code}
          onChange={(event) => setCode(event.target.value)}
          help="Six digits of your authenticator, or one of your recovery codes."
        />
      </FrontForm>
      <Button onClick={onBack}>Begin again</Button>
    </>
  );
}

function OtherWays({ onDone }: { onDone: () => void }) {
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
          Use a passkey
        </Button>
      )}
      {options?.oidc != null && (
        <Button icon="external" busy={oidc.isPending} onClick={() => oidc.mutate(undefined)}>
          {options.oidc}
        </Button>
      )}
      {options?.sign_up === 'open' && (
        <a href="/sign-up" className="inline-block py-1 underline underline-offset-2">
          Make an account
        </a>
      )}
    </div>
  );
}

function TokenForm({ keep, onDone }: { keep: boolean; onDone: () => void }) {
  const [token, enter] = useState('');
  const signIn = useAction((secret: string) => api.signIn({ token: secret, body: { keep } }), { quiet: true, done: onDone });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (token.trim() !== '') signIn.mutate(token.trim());
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4 border-t border-line pt-6">
      <TextField
        label="Token"
        type="password"
        name="token"
        autoComplete="off"
        spellCheck={false}
        placeholder="plinth_…"
        value={token}
        onChange={(event) => enter(event.target.value)}
        error={signIn.error ? refusal(signIn.error) : null}
        help={
          <>
            The first admin token is in the file <code className="font-mono">admin-token</code> of Plinth’s data directory. More are made
            under Settings.
          </>
        }
      />
      <Button type="submit" variant="primary" busy={signIn.isPending} disabledReason={token.trim() === '' ? 'Paste a token first.' : null}>
        Sign in
      </Button>
    </form>
  );
}

function refusal(error: unknown): { rule: string; remedy: string } {
  const problem = asApiError(error);
  if (problem.status === 401)
    return { rule: 'This token is unknown, expired or revoked', remedy: 'Paste the whole token, from plinth_ to its end.' };
  return { rule: problem.message, remedy: problem.remedy ?? '' };
}
