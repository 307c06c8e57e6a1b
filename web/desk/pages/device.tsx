/** Letting a command line in: `plinth login` shows a code and leads here. */
import { useState } from 'react';
import { api } from '../../kit/api/client.ts';
import { Page } from '../../kit/parts/page.tsx';
import { FrontForm, Told } from '../../features/people/front-page.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { TextField } from '../../kit/ui/field.tsx';
import { useLinkSecret } from '../../features/people/link-secret.ts';
import { useAction } from '../../kit/lib/use-action.ts';

export function DevicePage() {
  const given = useLinkSecret();
  const [code, setCode] = useState(given);
  const look = useAction(() => api.lookAtDeviceLogin({ body: { user_code: code } }), { quiet: true, renews: false });
  const [factor, setFactor] = useState('');
  const answer = useAction(
    async (allow: boolean) => {
      if (allow && factor !== '') await api.showSecondFactor({ body: { code: factor } });
      await api.answerDeviceLogin({ body: { user_code: code, allow } });
      return allow;
    },
    { quiet: true },
  );
  if (answer.isSuccess)
    return (
      <Page title="Command line">
        <Told>{answer.data ? 'It is let in. Go back to the terminal.' : 'It was refused.'}</Told>
      </Page>
    );
  return (
    <Page title="Command line" lead="A program asks to act as you, by plinth login.">
      <Card title={look.data ? look.data.client : 'Which code does it show?'}>
        {look.data ? (
          <div className="flex max-w-sm flex-col gap-4">
            <p>Let it in only if you started it yourself, and it shows {code}.</p>
            <TextField
              label="A code of your authenticator"
              autoComplete="one-time-code"
              value={factor}
              onChange={(event) => setFactor(event.target.value)}
              help="If you have one, and the last was shown more than ten minutes ago."
            />
            {answer.error && (
              <p role="alert" className="text-bad">
                {answer.error.message}
              </p>
            )}
            <div className="flex gap-2">
              <Button variant="primary" busy={answer.isPending} onClick={() => answer.mutate(true)}>
                Let it in
              </Button>
              <Button variant="danger" busy={answer.isPending} onClick={() => answer.mutate(false)}>
                Refuse
              </Button>
            </div>
          </div>
        ) : (
          <FrontForm
            action="Go on"
            busy={look.isPending}
            missing={code === '' ? 'Type the code first.' : null}
            error={look.error}
            onSubmit={() => look.mutate(undefined)}
          >
            <TextField
              label="Code"
              autoFocus
              spellCheck={false}
              autoComplete="off"
              value={code}
              onChange={(event) => setCode(event.target.value)}
            />
          </FrontForm>
        )}
      </Card>
    </Page>
  );
}
