/** Work on servers that customers are told of ahead of time. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Maintenance } from '../../kit/api/client.ts';
import { accountsQuery } from '../../kit/api/queries.ts';
import { duration, momentOf, plural } from '../../kit/lib/format.ts';
import { sentenceCase } from '../../kit/lib/words.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { May } from '../../kit/parts/may.tsx';
import { Page } from '../../kit/parts/page.tsx';
import { CopyItem, RowMenu } from '../../kit/parts/row-menu.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { Checkbox } from '../../kit/ui/field.tsx';
import { MenuItem } from '../../kit/ui/menu.tsx';
import { Listing } from '../shop/listing.tsx';
import { ChangeWorkDialog, PlanWorkDialog } from '../shop/planned-work-dialogs.tsx';
import { maintenanceListQuery } from '../shop/queries.ts';

const HEAD = ['What', 'When', 'Where', 'Servers', 'State'] as const;
const TONES = { planned: 'busy', 'under-way': 'warn', over: 'quiet', cancelled: 'quiet' } as const;

export function PlannedWorkPage() {
  const [past, showPast] = useState(false);
  const list = useInfiniteQuery(maintenanceListQuery(past));
  const [dialog, open] = useState<{ do: 'change' | 'cancel'; work: Maintenance } | 'plan' | null>(null);
  const close = (): void => open(null);
  return (
    <Page
      title="Planned work"
      lead="Customers with a server there get a mail when it is planned, moved or called off, and see it in their portal."
      actions={
        <May call="planMaintenance">
          <Button variant="primary" icon="plus" onClick={() => open('plan')}>
            Plan work
          </Button>
        </May>
      }
    >
      <Card
        title="Planned work"
        actions={<Checkbox label="Also what is over" checked={past} onChange={(event) => showPast(event.target.checked)} />}
      >
        <Listing
          label="Planned work"
          head={HEAD}
          list={list}
          rowsOf={({ maintenance }) => maintenance}
          keyOf={({ id }) => id}
          row={(work) => <Row work={work} />}
          menu={(work) => <WorkMenu work={work} onAsk={(what) => open({ do: what, work })} />}
          empty="Nothing is planned."
        />
      </Card>
      {dialog === 'plan' && <PlanWorkDialog onClose={close} />}
      {dialog !== null && dialog !== 'plan' && dialog.do === 'change' && <ChangeWorkDialog work={dialog.work} onClose={close} />}
      {dialog !== null && dialog !== 'plan' && dialog.do === 'cancel' && <CancelDialog work={dialog.work} onClose={close} />}
    </Page>
  );
}

function WorkMenu({ work, onAsk }: { work: Maintenance; onAsk: (what: 'change' | 'cancel') => void }) {
  const why = work.status === 'over' || work.status === 'cancelled' ? `It is ${work.status}.` : null;
  return (
    <RowMenu name={work.title}>
      <CopyItem text={work.id} what="id" />
      <May call="updateMaintenance">
        <MenuItem disabledReason={why} onSelect={() => onAsk('change')}>
          Change…
        </MenuItem>
      </May>
      <May call="cancelMaintenance">
        <MenuItem danger disabledReason={why} onSelect={() => onAsk('cancel')}>
          Call off…
        </MenuItem>
      </May>
    </RowMenu>
  );
}

function Row({ work }: { work: Maintenance }) {
  const accounts = useQuery(accountsQuery).data?.providers;
  const [from, to] = [new Date(work.starts_at), new Date(work.ends_at)];
  return (
    <>
      <td className="max-w-80 min-w-44">
        <span className="font-medium">{work.title}</span>
        <span className="line-clamp-2 text-xs text-ink-2">{work.text}</span>
      </td>
      <td className="whitespace-nowrap">
        <time dateTime={work.starts_at}>{momentOf(from)}</time>
        <span className="block text-xs text-ink-2">for {duration(to.getTime() - from.getTime())}</span>
      </td>
      <td>
        {work.account_id === null
          ? plural(work.vps_ids.length, 'named server')
          : (accounts?.find(({ id }) => id === work.account_id)?.name ?? work.account_id.slice(0, 8))}
        {work.regions.length > 0 && <span className="block text-xs text-ink-2">{work.regions.join(', ')}</span>}
      </td>
      <td className="tabular-nums">
        {work.servers} <span className="text-ink-2">of {plural(work.organizations, 'customer')}</span>
      </td>
      <td>
        <Badge tone={TONES[work.status]}>{sentenceCase(work.status.replace('-', ' '))}</Badge>
      </td>
    </>
  );
}

function CancelDialog({ work, onClose }: { work: Maintenance; onClose: () => void }) {
  const cancel = useAction(() => api.cancelMaintenance({ id: work.id }), { quiet: true, done: onClose });
  const told = `${plural(work.organizations, 'customer')} with ${plural(work.servers, 'server')} ${work.organizations === 1 ? 'is' : 'are'}`;
  return (
    <Dialog open onOpenChange={onClose} title={`Call off “${work.title}”`} description={`${told} told that it does not take place.`}>
      <DialogForm
        error={cancel.error}
        fields={[]}
        missing={null}
        busy={cancel.isPending}
        action="Call it off"
        variant="danger"
        cancel="Keep it"
        onCancel={onClose}
        onSubmit={() => cancel.mutate(undefined)}
      >
        {null}
      </DialogForm>
    </Dialog>
  );
}
