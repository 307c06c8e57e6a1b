/** Password, second factor and passkeys of the person who is signed in. */
import { peopleWords } from './words/people.ts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Me, type TwoFactorSetUp } from '../../kit/api/client.ts';
import { myPasskeysQuery } from '../../kit/api/people-queries.ts';
import { hasPasskeys, makePasskey } from './passkey.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { FrontForm } from './front-page.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Code } from '../../kit/ui/copy.tsx';
import { TextField } from '../../kit/ui/field.tsx';
import { toast } from '../../kit/ui/toast.tsx';
import { Time } from '../../kit/ui/time.tsx';

export function PasswordCard() {
  const t = peopleWords.use();
  const [present, setPresent] = useState('');
  const [password, setPassword] = useState('');
  const change = useAction(() => api.changeMyPassword({ body: { present, password } }), {
    quiet: true,
    done: () => {
      setPresent('');
      setPassword('');
      toast(t('passwordChanged'));
    },
  });
  return (
    <Card title={t('password')}>
      <FrontForm
        action={t('changePassword')}
        busy={change.isPending}
        missing={present === '' || password.length < 10 ? t('typeBoth') : null}
        error={change.error}
        onSubmit={() => change.mutate(undefined)}
      >
        <TextField
          label={t('presentPassword')}
          type="password"
          autoComplete="current-password"
          value={present}
          onChange={(event) => setPresent(event.target.value)}
        />
        <TextField
          label={t('newPassword')}
          type="password"
          autoComplete="new-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </FrontForm>
    </Card>
  );
}

export function SecondFactorCard({ me }: { me: Me }) {
  const t = peopleWords.use();
  const [made, setMade] = useState<TwoFactorSetUp | null>(null);
  return (
    <Card title={t('secondFactor')}>
      {made && !me.two_factor ? (
        <Confirm made={made} />
      ) : me.two_factor ? (
        <IsOn codes={made?.recovery_codes ?? null} />
      ) : (
        <Begin onMade={setMade} />
      )}
    </Card>
  );
}

function Begin({ onMade }: { onMade: (made: TwoFactorSetUp) => void }) {
  const t = peopleWords.use();
  const [password, setPassword] = useState('');
  const begin = useAction(() => api.beginSecondFactor({ body: { password } }), { quiet: true, renews: false, done: onMade });
  return (
    <FrontForm
      action={t('setUpAuthenticator')}
      busy={begin.isPending}
      missing={password === '' ? t('typePassword') : null}
      error={begin.error}
      onSubmit={() => begin.mutate(undefined)}
    >
      <p className="text-ink-2">{t('aCode')}</p>
      <TextField
        label={t('yourPassword')}
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
    </FrontForm>
  );
}

function Confirm({ made }: { made: TwoFactorSetUp }) {
  const t = peopleWords.use();
  const [code, setCode] = useState('');
  const confirm = useAction(() => api.confirmSecondFactor({ body: { code } }), { quiet: true });
  const secret = new URL(made.uri).searchParams.get('secret') ?? '';
  return (
    <FrontForm
      action={t('turnOn')}
      busy={confirm.isPending}
      missing={/^\d{6}$/.test(code) ? null : t('typeSixDigits')}
      error={confirm.error}
      onSubmit={() => confirm.mutate(undefined)}
    >
      <p>{t('takePicture')}</p>
      <img src={`data:image/svg+xml;utf8,${encodeURIComponent(made.picture)}`} alt={t('pictureAlt')} className="size-48 bg-white" />
      <Code what={t('secret')}>{secret}</Code>
      <TextField
        label={t('code')}
        autoComplete="one-time-code"
        inputMode="numeric"
        value={code}
        onChange={(event) => setCode(event.target.value)}
      />
    </FrontForm>
  );
}

function IsOn({ codes: made }: { codes: readonly string[] | null }) {
  const t = peopleWords.use();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const renew = useAction(() => api.renewRecoveryCodes({ body: { password } }), { quiet: true });
  const off = useAction(
    async () => {
      if (code !== '') await api.showSecondFactor({ body: { code } });
      await api.turnSecondFactorOff({ body: { password } });
    },
    { quiet: true },
  );
  const codes = renew.data?.recovery_codes ?? made;
  return (
    <div className="flex flex-col gap-4">
      <p>{t('isOn')}</p>
      {codes && (
        <div role="status">
          <p>{t('keepCodes')}</p>
          <p className="mt-2 font-mono break-words">{codes.join(' ')}</p>
        </div>
      )}
      <TextField
        label={t('yourPassword')}
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      <TextField
        label={t('codeOfNow')}
        autoComplete="one-time-code"
        value={code}
        onChange={(event) => setCode(event.target.value)}
        help={t('codeOfNowHelp')}
      />
      {(renew.error ?? off.error) && (
        <p role="alert" className="text-bad">
          {(renew.error ?? off.error)?.message}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button busy={renew.isPending} disabledReason={password === '' ? t('typePassword') : null} onClick={() => renew.mutate(undefined)}>
          {t('newCodes')}
        </Button>
        <Button
          variant="danger"
          busy={off.isPending}
          disabledReason={password === '' ? t('typePassword') : null}
          onClick={() => off.mutate(undefined)}
        >
          {t('turnOff')}
        </Button>
      </div>
    </div>
  );
}

export function PasskeysCard() {
  const t = peopleWords.use();
  const passkeys = useQuery(myPasskeysQuery).data?.passkeys ?? [];
  const [name, setName] = useState('');
  const add = useAction(
    async () => {
      const { public_key: asked } = await api.getPasskeyOptions();
      return await api.addPasskey({ body: { name, response: await makePasskey(asked) } });
    },
    { done: () => setName('') },
  );
  const forget = useAction((id: string) => api.deletePasskey({ id }));
  const cannot = hasPasskeys() ? null : t('noPasskeys');
  return (
    <Card title={t('passkeys')}>
      <ul className="divide-y divide-line">
        {passkeys.map((each) => (
          <li key={each.id} className="flex flex-wrap items-center gap-3 py-2">
            <span className="flex-1">
              {each.name ?? t('aPasskey')}
              {each.created_at && (
                <span className="text-ink-2">
                  {' '}
                  · {t('since')} <Time at={each.created_at} />
                </span>
              )}
            </span>
            <Button variant="danger" busy={forget.isPending} onClick={() => forget.mutate(each.id)}>
              {t('forget')}
            </Button>
          </li>
        ))}
      </ul>
      <FrontForm
        action={t('addPasskey')}
        busy={add.isPending}
        missing={cannot ?? (name.trim() === '' ? t('giveName') : null)}
        onSubmit={() => add.mutate(undefined)}
      >
        <TextField
          label={t('passkeyName')}
          maxLength={60}
          placeholder={t('myPhone')}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </FrontForm>
    </Card>
  );
}
