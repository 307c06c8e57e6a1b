/** Questions to the seller. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { NewTicket, TicketList, TicketThread } from '../../features/support/tickets.tsx';
import { supportWords } from '../../features/support/words/support.ts';
import { api } from '../../kit/api/client.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Page } from '../parts/page.tsx';
import { serversQuery, ticketQuery, ticketsQuery } from '../queries.ts';
import { shellWords } from '../words/shell.ts';

export function HelpPage() {
  const [t, s] = [supportWords.use(), shellWords.use()];
  const tickets = useQuery(ticketsQuery);
  const servers = useQuery(serversQuery).data ?? [];
  const [shown, show] = useState<string | null>(null);
  const open = useAction(
    ({ subject, text, vpsId }: { subject: string; text: string; vpsId: string }) =>
      api.openTicket({ body: { subject, text, ...(vpsId === '' ? {} : { vps_id: vpsId as never }) } }),
    { quiet: true, done: ({ ticket }) => show(ticket.id) },
  );
  const isNew = shown === 'new' || (tickets.data?.length === 0 && shown === null);
  return (
    <Page
      title={s('help')}
      lead={s('helpLead')}
      actions={
        !isNew && (
          <Button variant="primary" icon="plus" className="min-h-10" onClick={() => show('new')}>
            {t('open')}
          </Button>
        )
      }
    >
      {tickets.error && <ProblemNote error={tickets.error} retry={() => void tickets.refetch()} />}
      {tickets.isLoading && <Loading what={t('tickets')} />}
      <div className="grid items-start gap-5 lg:grid-cols-[18rem_minmax(0,1fr)]">
        {tickets.data && <TicketList tickets={tickets.data} chosen={shown} onChoose={show} />}
        {isNew && (
          <Card title={t('open')}>
            <NewTicket servers={servers} busy={open.isPending} error={open.error} onOpen={(asked) => open.mutate(asked)} />
          </Card>
        )}
        {shown !== null && !isNew && <One id={shown} />}
      </div>
    </Page>
  );
}

function One({ id }: { id: string }) {
  const whole = useQuery(ticketQuery(id));
  const write = useAction(({ text }: { text: string }) => api.writeInTicket({ id, body: { text } }), { quiet: true });
  const close = useAction(() => api.closeTicket({ id }));
  if (!whole.data) return whole.error ? <ProblemNote error={whole.error} /> : null;
  return (
    <Card title={whole.data.ticket.subject}>
      <TicketThread
        whole={whole.data}
        side="customer"
        busy={write.isPending || close.isPending}
        error={write.error}
        onWrite={(message) => write.mutate(message)}
        onClose={() => close.mutate(undefined)}
      />
    </Card>
  );
}
