/** Becoming a customer. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { FrontPage, Told, ToSignIn } from '../../features/people/front-page.tsx';
import { PersonForm } from '../../features/people/person-form.tsx';
import { api } from '../../kit/api/client.ts';
import { signInOptionsQuery } from '../../kit/api/people-queries.ts';
import { languageNow } from '../../kit/i18n/language.ts';
import { frontWords } from '../words/front.ts';

export function SignUpPage() {
  const t = frontWords.use();
  const options = useQuery(signInOptionsQuery).data;
  const [isSent, setSent] = useState(false);
  return (
    <FrontPage title={t('makeAccount')}>
      {isSent ? (
        <Told>{t('openLink')}</Told>
      ) : options && options.sign_up !== 'open' ? (
        <Told>{t('nobodySignsUp')}</Told>
      ) : (
        <>
          <p className="text-ink-2">{t('signUpLead')}</p>
          <PersonForm
            action={t('signUp')}
            send={(person) => api.signUpWithPassword({ body: { ...person, locale: languageNow() } })}
            onDone={() => setSent(true)}
          />
        </>
      )}
      <ToSignIn to="/portal/sign-in" />
    </FrontPage>
  );
}
