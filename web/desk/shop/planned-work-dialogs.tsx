/** Work planned, and moved. Times are typed in the reader's own zone. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Region } from '../../kit/api/catalog.ts';
import { api, type Maintenance } from '../../kit/api/client.ts';
import { fieldError } from '../../kit/api/problem.ts';
import { accountsQuery, catalogQuery } from '../../kit/api/queries.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { SelectField, TextArea, TextField } from '../../kit/ui/field.tsx';
import { SomeOf } from '../../kit/ui/some-of.tsx';
import { AsCode } from '../components/as-code.tsx';
import { requestOf } from '../lib/as-code.ts';
import { changedWorkCommand, plannedWorkCommand } from '../lib/as-command.ts';

interface Said {
  readonly title: string;
  readonly text: string;
  /** As `datetime-local` has it. */
  readonly from: string;
  readonly to: string;
}
const FIELDS = ['title', 'text', 'starts_at', 'ends_at', 'account_id', 'regions'] as const;
const twoDigits = (n: number): string => String(n).padStart(2, '0');
const localOf = (at: Date): string =>
  `${at.getFullYear()}-${twoDigits(at.getMonth() + 1)}-${twoDigits(at.getDate())}T${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}`;
const bodyOf = ({ title, text, from, to }: Said) => ({
  title,
  text,
  starts_at: new Date(from).toISOString(),
  ends_at: new Date(to).toISOString(),
});

function missingOf({ title, text, from, to }: Said): string | null {
  if (title.trim().length < 3) return 'Give it a title first.';
  if (text.trim() === '') return 'Say what is done, and what it means.';
  if (from === '' || to === '') return 'Say from when to when.';
  return to > from ? null : 'It ends before it begins.';
}

function Words({ said, error, onChange }: { said: Said; error: unknown; onChange: (part: Partial<Said>) => void }) {
  return (
    <>
      <TextField
        label="Title"
        value={said.title}
        maxLength={150}
        onChange={(event) => onChange({ title: event.target.value })}
        error={fieldError(error, 'title')}
      />
      <TextArea
        label="What is done, and what it means for them"
        rows={4}
        maxLength={5_000}
        value={said.text}
        onChange={(event) => onChange({ text: event.target.value })}
        error={fieldError(error, 'text')}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label="From"
          type="datetime-local"
          value={said.from}
          onChange={(event) => onChange({ from: event.target.value })}
          error={fieldError(error, 'starts_at')}
        />
        <TextField
          label="To"
          type="datetime-local"
          value={said.to}
          onChange={(event) => onChange({ to: event.target.value })}
          error={fieldError(error, 'ends_at')}
        />
      </div>
    </>
  );
}

export function PlanWorkDialog({ onClose }: { onClose: () => void }) {
  const listed = useQuery(accountsQuery).data;
  const accounts =
    listed?.providers.filter(({ type }) => listed.available.find((each) => each.type === type)?.roles.includes('compute')) ?? [];
  const [said, set] = useState<Said>({ title: '', text: '', from: '', to: '' });
  const [account, choose] = useState('');
  const [regions, setRegions] = useState<readonly string[]>([]);
  const known = useQuery(catalogQuery<Region>('regions', account)).data?.items ?? [];
  const missing = missingOf(said) ?? (account === '' ? 'Say at which account.' : null);
  const body = () => ({ ...bodyOf(said), account_id: account, regions: [...regions] });
  const plan = useAction(() => api.planMaintenance({ body: body() }), {
    quiet: true,
    done: onClose,
  });
  return (
    <Dialog open onOpenChange={onClose} title="Plan work" description="Whoever has a server there is told at once.">
      <DialogForm
        error={plan.error}
        fields={FIELDS}
        missing={missing}
        busy={plan.isPending}
        action="Plan it and tell them"
        code={missing === null && <AsCode request={requestOf('planMaintenance', body())} command={plannedWorkCommand(body())} />}
        onCancel={onClose}
        onSubmit={() => plan.mutate(undefined)}
      >
        <Words said={said} error={plan.error} onChange={(part) => set((before) => ({ ...before, ...part }))} />
        <SelectField
          label="Account"
          value={account}
          options={[{ value: '', label: 'Choose …' }, ...accounts.map(({ id, name }) => ({ value: id, label: name }))]}
          onChange={(event) => {
            choose(event.target.value);
            setRegions([]);
          }}
          error={fieldError(plan.error, 'account_id')}
        />
        <SomeOf legend="Regions; none chosen: all" options={known} chosen={regions} onChange={setRegions} />
      </DialogForm>
    </Dialog>
  );
}

export function ChangeWorkDialog({ work, onClose }: { work: Maintenance; onClose: () => void }) {
  const [said, set] = useState<Said>({
    title: work.title,
    text: work.text,
    from: localOf(new Date(work.starts_at)),
    to: localOf(new Date(work.ends_at)),
  });
  const change = useAction(() => api.updateMaintenance({ id: work.id, body: bodyOf(said) }), { quiet: true, done: onClose });
  return (
    <Dialog open onOpenChange={onClose} title="Change planned work" description="Its customers are told of the change.">
      <DialogForm
        error={change.error}
        fields={FIELDS}
        missing={missingOf(said)}
        busy={change.isPending}
        action="Change it and tell them"
        code={
          missingOf(said) === null && (
            <AsCode
              request={requestOf('updateMaintenance', bodyOf(said), { id: work.id })}
              command={changedWorkCommand(work.id, bodyOf(said))}
            />
          )
        }
        onCancel={onClose}
        onSubmit={() => change.mutate(undefined)}
      >
        <Words said={said} error={change.error} onChange={(part) => set((before) => ({ ...before, ...part }))} />
      </DialogForm>
    </Dialog>
  );
}
