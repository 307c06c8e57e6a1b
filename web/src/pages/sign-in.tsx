import { useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import { api, setToken } from '../api/client.ts';
import { asApiError } from '../api/problem.ts';
import { Button } from '../components/ui/button.tsx';
import { Checkbox, TextField } from '../components/ui/field.tsx';
import { useAction } from '../lib/use-action.ts';

export function SignInPage() {
  const { next, expired } = useSearch({ from: '/sign-in' });
  const navigate = useNavigate();
  const [token, enter] = useState('');
  const [keep, setKeep] = useState(false);
  const signIn = useAction((secret: string) => api.getSession({ token: secret }), {
    quiet: true,
    done: () => {
      setToken(token.trim(), keep);
      void navigate({ href: safeNext(next), replace: true });
    },
  });
  useEffect(() => {
    document.title = 'Sign in · Plinth';
  }, []);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (token.trim() !== '') signIn.mutate(token.trim());
  };
  return (
    <main className="mx-auto flex min-h-dvh max-w-sm flex-col justify-center gap-6 p-6">
      <div className="flex items-center gap-3">
        <img src="/favicon.svg" alt="" className="size-9" />
        <h1 className="text-xl font-semibold">Sign in to Plinth</h1>
      </div>
      {expired && !signIn.isError && (
        <p role="status" className="rounded-md border border-warn/50 bg-warn-soft px-4 py-3">
          Your token has expired or was revoked. Sign in again; you come back to the same page.
        </p>
      )}
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextField
          label="Token"
          type="password"
          name="token"
          autoComplete="current-password"
          spellCheck={false}
          placeholder="plinth_…"
          value={token}
          onChange={(event) => enter(event.target.value)}
          error={signIn.error ? refusal(signIn.error) : null}
          help={
            <>
              The first admin token was printed when Plinth started, and is in the file <code className="font-mono">admin-token</code> of
              its data directory. More are made under Settings.
            </>
          }
        />
        <Checkbox
          label="Keep me signed in in this browser"
          help="Otherwise the token is forgotten with this tab."
          checked={keep}
          onChange={(event) => setKeep(event.target.checked)}
        />
        <Button
          type="submit"
          variant="primary"
          busy={signIn.isPending}
          disabledReason={token.trim() === '' ? 'Paste a token first.' : null}
        >
          Sign in
        </Button>
      </form>
    </main>
  );
}

function refusal(error: unknown): { rule: string; remedy: string } {
  const problem = asApiError(error);
  if (problem.status === 401)
    return { rule: 'This token is unknown, expired or revoked', remedy: 'Paste the whole token, from plinth_ to its end.' };
  return { rule: problem.message, remedy: problem.remedy ?? '' };
}

/** Only addresses of this dashboard: a link must not lead a person away after signing in. */
function safeNext(next: string | undefined): string {
  return next !== undefined && /^\/(?!\/|\\)/.test(next) ? next : '/';
}
