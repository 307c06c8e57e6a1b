import { peopleWords } from './words/people.ts';
import { useState } from 'react';
import { useAction } from '../../kit/lib/use-action.ts';
import { FrontForm } from './front-page.tsx';
import { TextField } from '../../kit/ui/field.tsx';

interface Person {
  readonly email: string;
  readonly name: string;
  readonly password: string;
}

/** Address, name and password of somebody new. `email` is given where a link was sent to it. */
export function PersonForm({
  email: given,
  action,
  send,
  onDone,
}: {
  email?: string;
  action: string;
  send: (person: Person) => Promise<unknown>;
  onDone: () => void;
}) {
  const t = peopleWords.use();
  const [email, setEmail] = useState(given ?? '');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const sending = useAction(() => send({ email, name, password }), { quiet: true, done: onDone });
  const missing = email === '' || name.trim() === '' ? t('typeAddressAndName') : password.length < 10 ? t('choosePassword') : null;
  return (
    <FrontForm action={action} busy={sending.isPending} missing={missing} error={sending.error} onSubmit={() => sending.mutate(undefined)}>
      <TextField
        label={t('email')}
        type="email"
        autoComplete="username"
        readOnly={given !== undefined}
        value={email}
        onChange={(event) => setEmail(event.target.value)}
      />
      <TextField label={t('name')} autoComplete="name" maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />
      <TextField
        label={t('password')}
        type="password"
        autoComplete="new-password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        help={t('passwordHelp')}
      />
    </FrontForm>
  );
}
