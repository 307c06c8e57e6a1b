/** What there is to go back to: snapshots that the customer made, and the backups of the provider's schedule. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Snapshot, type VpsDetail } from '../../kit/api/client.ts';
import { snapshotsQuery } from '../../kit/api/panel-queries.ts';
import { fieldError } from '../../kit/api/problem.ts';
import { dayOf, momentOf } from '../../kit/lib/format.ts';
import { isSnapshotMoving, snapshotTone } from '../../kit/lib/snapshots.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useMay } from '../../kit/lib/use-session.ts';
import { ConfirmByTyping } from '../../kit/parts/confirm-by-typing.tsx';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button, IconButton } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { TextField } from '../../kit/ui/field.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { useGo } from '../link.tsx';
import { subscriptionsQuery } from '../queries.ts';
import { panelWords } from '../words/panels.ts';
import { SnapshotPrice } from '../parts/snapshot-price.tsx';
import { has, useWhyNot } from './why.ts';

type Asking = { readonly what: 'make' } | { readonly what: 'restore' | 'delete'; readonly snapshot: Snapshot } | null;

export function Snapshots({ vps }: { vps: VpsDetail }) {
  const t = panelWords.use();
  const why = useWhyNot(vps);
  const [asking, ask] = useState<Asking>(null);
  const query = useQuery(snapshotsQuery(vps.id));
  const shown = query.data?.snapshots.filter(({ status }) => status !== 'deleted') ?? [];
  const close = (): void => ask(null);
  return (
    <Card
      title={t('snapshots')}
      actions={
        <Button icon="plus" disabledReason={why('snapshot')} onClick={() => ask({ what: 'make' })}>
          {t('makeSnapshot')}
        </Button>
      }
    >
      <p className="text-ink-2">{t('snapshotsLead')}</p>
      {query.error && <ProblemNote error={query.error} retry={() => void query.refetch()} />}
      {!query.data && !query.error && <Loading what={t('theSnapshots')} />}
      {query.data && !query.data.live && <p role="status">{t('onlyRecorded')}</p>}
      {query.data && shown.length === 0 && <p className="py-6 text-center text-ink-2">{t('noSnapshots')}</p>}
      <ul aria-label={t('snapshots')} className="divide-y divide-line">
        {shown.map((snapshot) => (
          <Row key={snapshot.id} vps={vps} snapshot={snapshot} onAsk={(what) => ask({ what, snapshot })} />
        ))}
      </ul>
      {asking?.what === 'make' && <Make vps={vps} onClose={close} />}
      {asking?.what === 'restore' && <Restore vps={vps} snapshot={asking.snapshot} onClose={close} />}
      {asking?.what === 'delete' && <Delete vps={vps} snapshot={asking.snapshot} onClose={close} />}
    </Card>
  );
}

function useName(): (snapshot: Snapshot) => string {
  const t = panelWords.use();
  return ({ name, kind, created_at: at }) => name || `${t('snapshotKind', { kind })}, ${dayOf(new Date(at))}`;
}

/** What a copy of it would be ordered as; undefined: it can have none. */
function useProductOf(vps: VpsDetail): string | undefined {
  const subscriptions = useQuery(subscriptionsQuery).data;
  const may = useMay();
  if (!has(vps, 'server_from_snapshot') || !may('order:place') || !may('snapshot:restore')) return undefined;
  return subscriptions?.find((each) => each.vps_id === vps.id)?.product_id;
}

function Row({ vps, snapshot, onAsk }: { vps: VpsDetail; snapshot: Snapshot; onAsk: (what: 'restore' | 'delete') => void }) {
  const t = panelWords.use();
  const why = useWhyNot(vps);
  const name = useName()(snapshot);
  const go = useGo();
  const product = useProductOf(vps);
  const { status, kind, size_gb: size, created_at: at } = snapshot;
  const isReady = status === 'available' && snapshot.live;
  const kept = kind === 'backup' ? t('ofBackup') : isSnapshotMoving(snapshot) ? t('thenBusy') : null;
  return (
    <li className="flex flex-wrap items-center gap-3 py-3">
      <span className="min-w-0 flex-1 basis-52">
        <span className="font-medium break-words">{name}</span>{' '}
        <Badge tone={snapshotTone(status)}>{t('snapshotState', { state: status })}</Badge>
        <span className="block text-sm text-ink-2">
          {[
            t('snapshotKind', { kind }),
            momentOf(new Date(at)),
            ...(size === null ? [] : [t('size', { gb: Number(size.toFixed(1)) })]),
          ].join(' · ')}
        </span>
        {snapshot.message && <span className="block text-sm text-bad">{snapshot.message}</span>}
      </span>
      <Button disabledReason={why('restore-snapshot') ?? (isReady ? null : t('onlyReady'))} onClick={() => onAsk('restore')}>
        {t('restore')}
      </Button>
      {product !== undefined && kind !== 'backup' && (
        <IconButton
          icon="plus"
          label={t('newServer', { name })}
          disabledReason={isReady ? null : t('onlyFinished')}
          onClick={() => go(`/portal/order?${new URLSearchParams({ product, server: vps.id, snapshot: snapshot.id }).toString()}`)}
        />
      )}
      <IconButton
        icon="trash"
        label={t('deleteTitle', { name })}
        disabledReason={kept ?? why('delete-snapshot')}
        onClick={() => onAsk('delete')}
      />
    </li>
  );
}

function Make({ vps, onClose }: { vps: VpsDetail; onClose: () => void }) {
  const t = panelWords.use();
  const [name, setName] = useState('');
  const [key] = useState(() => crypto.randomUUID());
  const make = useAction(() => api.actOnVps({ id: vps.id, body: { action: 'snapshot', name: name.trim() }, idempotencyKey: key }), {
    quiet: true,
    done: onClose,
  });
  return (
    <Dialog open onOpenChange={onClose} title={t('snapshotOf', { label: vps.label })} description={t('snapshotsLead')}>
      <DialogForm
        error={make.error}
        fields={['name']}
        missing={name.trim() === '' ? t('nameFirst') : null}
        busy={make.isPending}
        action={t('make')}
        onCancel={onClose}
        onSubmit={() => make.mutate(undefined)}
      >
        <TextField
          label={t('snapshotName')}
          value={name}
          maxLength={64}
          placeholder={t('snapshotExample')}
          onChange={(event) => setName(event.target.value)}
          error={fieldError(make.error, 'name')}
        />
        <SnapshotPrice vps={vps} />
        {vps.power_state === 'running' && <p className="text-ink-2">{t('runsMeanwhile')}</p>}
      </DialogForm>
    </Dialog>
  );
}

interface OfOne {
  vps: VpsDetail;
  snapshot: Snapshot;
  onClose: () => void;
}

function Restore({ vps, snapshot, onClose }: OfOne) {
  const t = panelWords.use();
  const name = useName()(snapshot);
  const [key] = useState(() => crypto.randomUUID());
  const restore = useAction(
    () => api.actOnVps({ id: vps.id, body: { action: 'restore-snapshot', snapshot: snapshot.id }, idempotencyKey: key }),
    { quiet: true, done: onClose },
  );
  return (
    <ConfirmByTyping
      open
      onOpenChange={onClose}
      title={t('restoreTitle', { label: vps.label })}
      name={vps.label}
      action={t('restoreAction')}
      busy={restore.isPending}
      error={restore.error}
      onConfirm={() => restore.mutate(undefined)}
    >
      {t('restoreLead', { name })}
    </ConfirmByTyping>
  );
}

function Delete({ vps, snapshot, onClose }: OfOne) {
  const t = panelWords.use();
  const name = useName()(snapshot);
  const [key] = useState(() => crypto.randomUUID());
  const remove = useAction(
    () => api.actOnVps({ id: vps.id, body: { action: 'delete-snapshot', snapshot: snapshot.id }, idempotencyKey: key }),
    { quiet: true, done: onClose },
  );
  return (
    <ConfirmByTyping
      open
      onOpenChange={onClose}
      title={t('deleteTitle', { name })}
      name={name}
      action={t('delete')}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(undefined)}
    >
      {t('deleteLead')}
    </ConfirmByTyping>
  );
}
