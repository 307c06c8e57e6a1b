/** Mails that were caught in development: what people would have got. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type MailboxMail } from '../../kit/api/client.ts';
import { mailboxQuery } from '../../kit/api/people-queries.ts';
import { Page } from '../../kit/parts/page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card, Facts } from '../../kit/ui/card.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { pageProblem, rightProblem } from '../lib/abilities.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useSession } from '../../kit/lib/use-session.ts';

export function MailboxPage() {
  const session = useSession();
  const mayNot = pageProblem(session, '/mailbox');
  const mails = useQuery({ ...mailboxQuery, enabled: session !== undefined && mayNot === null });
  const empty = useAction(() => api.emptyMailbox());
  return (
    <Page
      title="Mailbox"
      lead="Without a mail server, mails are caught here instead of sent."
      actions={
        <Button
          icon="trash"
          disabledReason={rightProblem(session, 'mailbox:act')}
          busy={empty.isPending}
          onClick={() => empty.mutate(undefined)}
        >
          Empty
        </Button>
      }
    >
      {mayNot && <p className="text-ink-2">{mayNot}</p>}
      {mails.error && <ProblemNote error={mails.error} retry={() => void mails.refetch()} />}
      {mails.isLoading && <Loading what="mails" />}
      {mails.data?.mails.length === 0 && <p className="text-ink-2">No mail yet.</p>}
      {mails.data?.mails.map((mail) => (
        <Mail key={mail.id} mail={mail} />
      ))}
    </Page>
  );
}

function Mail({ mail }: { mail: MailboxMail }) {
  const [isWhole, showWhole] = useState(false);
  const whole = useQuery({
    queryKey: ['mailbox', mail.id],
    queryFn: ({ signal }) => api.getMailboxMail({ id: mail.id, signal }),
    enabled: isWhole,
  });
  return (
    <Card title={mail.subject} actions={<Time at={mail.received_at} />}>
      <Facts
        items={[
          ['To', mail.to.join(', ')],
          ['From', mail.from],
        ]}
      />
      <p className="mt-3 break-words whitespace-pre-wrap">{linked(mail.text)}</p>
      {isWhole ? (
        <pre className="mt-3 overflow-x-auto rounded-md border border-line p-3 text-xs">
          {whole.data?.mail.headers.map(({ name, value }) => `${name}: ${value}\n`)}
          {'\n'}
          {whole.data?.mail.html}
        </pre>
      ) : (
        <Button className="mt-3" onClick={() => showWhole(true)}>
          Headers and HTML
        </Button>
      )}
    </Card>
  );
}

/** Only to this dashboard; other addresses stay text. */
function linked(text: string) {
  return text.split(/(https?:\/\/[^\s\]]+)/).map((part, index) =>
    part.startsWith(`${location.origin}/`) ? (
      // eslint-disable-next-line react/no-array-index-key
      <a key={index} href={part} className="underline underline-offset-2">
        {part}
      </a>
    ) : (
      part
    ),
  );
}
