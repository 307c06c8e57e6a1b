/** Becoming the first superadmin. */
import { useState } from 'react';
import { api } from '../../kit/api/client.ts';
import { FrontPage, Told, ToSignIn } from '../../features/people/front-page.tsx';
import { PersonForm } from '../../features/people/person-form.tsx';
import { useLinkSecret } from '../../features/people/link-secret.ts';

export function SetUpPage() {
  const secret = useLinkSecret();
  const [isDone, done] = useState(false);
  return (
    <FrontPage title="Set up Plinth">
      {isDone ? (
        <Told>You are the superadmin. Sign in, and set up a second factor under “You”.</Told>
      ) : (
        <>
          <p className="text-ink-2">The first person here becomes its superadmin.</p>
          <PersonForm
            action="Make me the superadmin"
            send={(person) => api.setUp({ body: { ...person, secret } })}
            onDone={() => done(true)}
          />
        </>
      )}
      <ToSignIn />
    </FrontPage>
  );
}
