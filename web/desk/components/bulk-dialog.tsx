import { type FormEvent, useEffect, useRef, useState } from 'react';
import { api, type BulkCreate, type BulkPreview, type BulkRun, type Vps } from '../../kit/api/client.ts';
import { EMPTY_FORM, type BulkActionName, type BulkForm, formProblem, paceBody, whatBody } from '../lib/bulk.ts';
import { plural } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { kindName, kindWords } from '../../kit/lib/words.ts';
import { requestOf } from '../lib/as-code.ts';
import { bulkCommand } from '../lib/as-command.ts';
import { AsCode } from './as-code.tsx';
import { BulkDryRun } from './bulk-dry-run.tsx';
import { BulkActionFields, BulkPaceFields } from './bulk-fields.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Dialog, DialogFooter } from '../../kit/ui/dialog.tsx';
import { Checkbox, TextField } from '../../kit/ui/field.tsx';

interface BulkDialogProps {
  action: BulkActionName;
  chosen: readonly Vps[];
  /** The filters of the list they were chosen from. */
  filter: object;
  /** All that match the filters are meant, also those that are not loaded. */
  everybody: boolean;
  onClose: () => void;
  onStarted: (run: BulkRun) => void;
}

/** One action for many: the form, its dry run, then the start of exactly what the dry run showed. */
export function BulkDialog({ action, chosen, filter, everybody: all, onClose, onStarted }: BulkDialogProps) {
  const [form, setForm] = useState<BulkForm>(() => ({ ...EMPTY_FORM, everybody: all }));
  const [dry, setDry] = useState<BulkPreview | null>(null);
  const [key] = useState(() => crypto.randomUUID());
  const look = useAction(() => api.previewBulkRun({ body: whatBody(action, form, chosen, filter) }), { quiet: true, done: setDry });
  const start = useAction(
    (approval: string) =>
      api.createBulkRun({ body: bodyOf(action, form, chosen, filter, approval), idempotencyKey: `${key}-${approval.slice(0, 16)}` }),
    {
      quiet: true,
      done: ({ run }) => onStarted(run),
    },
  );
  const set = (part: Partial<BulkForm>): void => {
    setForm({ ...form, ...part });
    // What was looked at is not what would be done any more.
    setDry(null);
    start.reset();
  };
  const problem = formProblem(action, form);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (problem === null && !look.isPending) look.mutate();
  };
  const error = start.error ?? look.error;
  const everybody = Object.keys(filter).length > 0 ? 'All VPSes that match the list’s filters' : 'All living VPSes';
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`${title(action)} ${form.everybody ? 'many' : plural(chosen.length, 'VPS', 'VPSes')}`}
      description={kindWords(action)?.bulkLead}
    >
      <form onSubmit={submit} className="mt-4 flex flex-col gap-4">
        <BulkActionFields action={action} chosen={chosen} form={form} set={set} />
        <div className="flex flex-col gap-2">
          <Checkbox
            label={`${everybody}, not only the ${chosen.length} chosen`}
            checked={form.everybody}
            onChange={(event) => set({ everybody: event.target.checked })}
          />
          <Checkbox
            label="Also those in maintenance"
            checked={form.maintenance}
            onChange={(event) => set({ maintenance: event.target.checked })}
          />
        </div>
        <BulkPaceFields form={form} set={set} />
        {dry && <BulkDryRun dry={dry} />}
        {problem === null && <RunAsCode body={bodyOf(action, form, chosen, filter, dry?.approval_required ? dry.approval : undefined)} />}
        {error ? <ProblemNote error={error} /> : null}
        {dry ? (
          <StartStep action={action} dry={dry} busy={start.isPending} onBack={onClose} onStart={() => start.mutate(dry.approval)} />
        ) : (
          <DialogFooter>
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" variant="primary" icon="preview" busy={look.isPending} disabledReason={problem}>
              Dry run
            </Button>
          </DialogFooter>
        )}
      </form>
    </Dialog>
  );
}

const title = (action: BulkActionName): string => kindWords(action)?.verb ?? kindName(action);

function bodyOf(action: BulkActionName, form: BulkForm, chosen: readonly Vps[], filter: object, approval: string | undefined): BulkCreate {
  const note = form.note.trim();
  return {
    ...whatBody(action, form, chosen, filter),
    pace: paceBody(form),
    note: note === '' ? null : note,
    ...(approval !== undefined && { approval }),
  };
}

function RunAsCode({ body }: { body: BulkCreate }) {
  return <AsCode request={requestOf('createBulkRun', body)} command={bulkCommand(body)} />;
}

/** The last step; what loses data has its number typed. */
function StartStep({
  action,
  dry,
  busy,
  onBack,
  onStart,
}: {
  action: BulkActionName;
  dry: BulkPreview;
  busy: boolean;
  onBack: () => void;
  onStart: () => void;
}) {
  const [typed, setTyped] = useState('');
  const end = useRef<HTMLDivElement>(null);
  // What was found, and what to do next, come below a long form.
  useEffect(() => {
    end.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const word = `${title(action).toLowerCase()} ${dry.ready}`;
  const asks = dry.data_loss && dry.ready > 0;
  const missing = dry.ready === 0 ? 'It can be done to none of them.' : asks && typed.trim() !== word ? `Type “${word}” first.` : null;
  return (
    <div ref={end} className="flex flex-col gap-4">
      {asks && (
        <TextField
          label={`Type ${word} to confirm`}
          value={typed}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setTyped(event.target.value)}
        />
      )}
      <DialogFooter>
        <Button onClick={onBack}>Cancel</Button>
        <Button variant={dry.data_loss ? 'danger' : 'primary'} busy={busy} disabledReason={missing} onClick={onStart}>
          {title(action)} {plural(dry.ready, 'VPS', 'VPSes')}
        </Button>
      </DialogFooter>
    </div>
  );
}
