import { useState } from 'react';
import { api, type InventoryRow } from '../../kit/api/client.ts';
import { money } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { sentenceCase } from '../../kit/lib/words.ts';
import { ConfirmByTyping } from '../../kit/parts/confirm-by-typing.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { May } from '../../kit/parts/may.tsx';
import { CopyItem, MenuCell, RowMenu } from '../../kit/parts/row-menu.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { MenuItem } from '../../kit/ui/menu.tsx';
import { Table } from '../../kit/ui/table.tsx';
import { Time } from '../../kit/ui/time.tsx';

const KINDS = {
  orphan: ['bad', 'Orphan'],
  unmanaged: ['quiet', 'Not ours'],
  record: ['warn', 'DNS record'],
  leftover: ['warn', 'Leftover'],
} as const;

const REASONS: Readonly<Record<InventoryRow['reason'], string>> = {
  unknown_vps: 'Its VPS is not known here',
  terminated_vps: 'Its VPS is terminated',
  second_server: 'Its VPS lives and uses another server',
  not_adopted: 'Its VPS lives and has no server on record',
  foreign: 'It does not carry Plinth’s tag',
};
const LOSSES: Readonly<Record<InventoryRow['kind'], string>> = {
  orphan: 'The server and everything on its disk will be gone at the provider.',
  unmanaged: '',
  record: 'The name will lead nowhere any more. Nobody’s server stands behind it.',
  leftover: 'It will be gone at the provider, and cannot be brought back. No VPS of the record uses it.',
};

/** Servers and records at the providers that belong to no VPS. */
export function InventoryTable({ items }: { items: readonly InventoryRow[] }) {
  if (items.length === 0) return <p className="text-ink-2">Nothing: every server and DNS record at the providers belongs to a VPS here.</p>;
  return (
    <Table label="Inventory" head={['Kind', 'Name', 'Why', 'Monthly', 'First seen', '']} className="min-w-[44rem]">
      {items.map((item) => (
        <tr key={item.id}>
          <td className="py-2 pr-4">
            <Badge tone={KINDS[item.kind][0]}>{whatItIs(item)}</Badge>
          </td>
          <td className="py-2 pr-4">
            {item.label} <code className="font-mono text-xs text-ink-2">{item.object_id}</code>
          </td>
          <td className="py-2 pr-4">{REASONS[item.reason] ?? sentenceCase(item.reason)}</td>
          <td className="py-2 pr-4">{item.monthly_cost && item.currency ? money(item.monthly_cost, item.currency) : '–'}</td>
          <td className="py-2 pr-4">
            <Time at={item.first_seen_at} />
          </td>
          <MenuCell>
            <StrayMenu item={item} />
          </MenuCell>
        </tr>
      ))}
    </Table>
  );
}

function StrayMenu({ item }: { item: InventoryRow }) {
  const [asked, ask] = useState<'import' | 'delete' | null>(null);
  return (
    <>
      <RowMenu name={item.label}>
        <CopyItem text={item.object_id} what="the provider’s id" />
        <CopyItem text={item.id} what="id" />
        <May call="importServer">
          <MenuItem disabledReason={importProblem(item)} onSelect={() => ask('import')}>
            Import…
          </MenuItem>
        </May>
        <May call="deleteStray">
          <MenuItem danger disabledReason={item.deletable ? null : whyNot(item)} onSelect={() => ask('delete')}>
            Delete…
          </MenuItem>
        </May>
      </RowMenu>
      {asked === 'import' && <ImportDialog item={item} onClose={() => ask(null)} />}
      {asked === 'delete' && <DeleteStray item={item} onClose={() => ask(null)} />}
    </>
  );
}

function DeleteStray({ item, onClose }: { item: InventoryRow; onClose: () => void }) {
  const reason = `${KINDS[item.kind][1].toLowerCase()}, deleted from the dashboard`;
  const remove = useAction(() => api.deleteStray({ id: item.id, body: { object_id: item.object_id, reason } }), {
    quiet: true,
    done: onClose,
  });
  return (
    <ConfirmByTyping
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Delete ${item.label}`}
      name={item.object_id}
      action="Delete it at the provider"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
    >
      {LOSSES[item.kind]}
    </ConfirmByTyping>
  );
}

function importProblem({ importable, kind }: InventoryRow): string | null {
  if (importable) return null;
  return kind === 'record' || kind === 'leftover' ? 'It is no server.' : 'It cannot become a VPS here.';
}

/** A leftover says which thing it is. */
function whatItIs({ kind, detail }: InventoryRow): string {
  const what = (detail as { what?: unknown } | null)?.what;
  return kind === 'leftover' && typeof what === 'string' ? `Leftover ${what.replace('-', ' ')}` : KINDS[kind][1];
}

/** In the order the server refuses. */
function whyNot({ kind, reason, seen_count: seen }: InventoryRow): string {
  if (kind === 'unmanaged') return 'It is not Plinth’s: delete it at the provider.';
  if (reason === 'not_adopted') return 'Its VPS has no other server: retry that VPS, which adopts this one.';
  if (seen < 2) return 'It must be seen by two sweeps first.';
  // Seen often enough and nobody's: only the hold keeps it.
  if (reason === 'unknown_vps' || reason === 'terminated_vps')
    return 'Destructive work is held: compare it with your records, then lift the hold.';
  return 'A living VPS needs it.';
}
