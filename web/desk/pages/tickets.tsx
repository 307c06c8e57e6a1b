/** What customers ask, and answering them. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { type Ticket, TicketList, TicketThread } from '../../features/support/tickets.tsx';
import { api } from '../../kit/api/client.ts';
import { useMayCall } from '../../kit/lib/use-may-call.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { sentenceCase } from '../../kit/lib/words.ts';
import { May } from '../../kit/parts/may.tsx';
import { Page } from '../../kit/parts/page.tsx';
import { CopyItem, OpenItem, RowMenu } from '../../kit/parts/row-menu.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Choice } from '../../kit/ui/choice.tsx';
import { MenuItem } from '../../kit/ui/menu.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Customer } from '../shop/listing.tsx';
import { ticketListQuery, ticketQuery } from '../shop/queries.ts';

const STATES = ['waiting', 'answered', 'closed'].map((word) => [word, sentenceCase(word)] as const);

export function TicketsPage() {
  const { ticket: shown = null } = useSearch({ from: '/app/selling/tickets' });
  const navigate = useNavigate();
  const show = (ticket: string | null): void => void navigate({ to: '/tickets', search: ticket === null ? {} : { ticket } });
  const [status, choose] = useState<string | undefined>('waiting');
  const list = useInfiniteQuery(ticketListQuery(status));
  return (
    <Page title="Tickets" lead="What customers ask. Those that wait for an answer come first.">
      <Choice label="State" value={status} options={STATES} onChange={choose} />
      {list.error && <ProblemNote error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Loading what="tickets" />}
      <div className="grid items-start gap-5 lg:grid-cols-[22rem_minmax(0,1fr)]">
        <div>
          {list.data && (
            <TicketList
              tickets={list.data.pages.flatMap((page) => page.tickets)}
              chosen={shown}
              onChoose={show}
              menu={(ticket) => <TicketMenu ticket={ticket} onOpen={() => show(ticket.id)} />}
            />
          )}
          {list.hasNextPage && (
            <Button className="mt-3" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              Show older
            </Button>
          )}
        </div>
        {shown === null ? (
          <p className="hidden rounded-lg border border-dashed border-line p-8 text-center text-ink-2 lg:block">
            Choose a question to read and answer it here.
          </p>
        ) : (
          <One id={shown} />
        )}
      </div>
    </Page>
  );
}

function TicketMenu({ ticket, onOpen }: { ticket: Ticket; onOpen: () => void }) {
  return (
    <RowMenu name={`ticket ${ticket.number}`}>
      <MenuItem onSelect={onOpen}>Open</MenuItem>
      {ticket.vps_id !== null && <OpenItem to={`/vps/${ticket.vps_id}`}>Open its server</OpenItem>}
      <OpenItem to={`/customers/${ticket.organization_id}`}>Open its customer</OpenItem>
      <CopyItem text={ticket.id} what="id" />
      <May call="closeTicket">
        <CloseItem ticket={ticket} />
      </May>
    </RowMenu>
  );
}

const useClose = (id: string) => useAction(() => api.closeTicket({ id }));

function CloseItem({ ticket: { id, status } }: { ticket: Ticket }) {
  const close = useClose(id);
  return (
    <MenuItem disabledReason={status === 'closed' ? 'It is closed.' : null} onSelect={() => close.mutate()}>
      Close it
    </MenuItem>
  );
}

function One({ id }: { id: string }) {
  const mayCall = useMayCall();
  const whole = useQuery(ticketQuery(id));
  const write = useAction((body: { text: string; internal: boolean }) => api.writeInTicket({ id, body }), { quiet: true });
  const close = useClose(id);
  if (!whole.data) return whole.error ? <ProblemNote error={whole.error} /> : <Loading what="the ticket" />;
  const { ticket } = whole.data;
  return (
    <Card title={`${ticket.number}: ${ticket.subject}`} actions={<Customer id={ticket.organization_id} />}>
      <TicketThread
        whole={whole.data}
        side="staff"
        busy={write.isPending || close.isPending}
        error={write.error}
        onWrite={mayCall('writeInTicket') ? (message) => write.mutate(message) : null}
        onClose={mayCall('closeTicket') ? () => close.mutate() : null}
      />
    </Card>
  );
}
