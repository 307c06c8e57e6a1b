/** A change in two steps: say what, see what it means, then do exactly that or nothing. */
import { type FormEvent, type ReactNode, useState } from 'react';
import type { ChangePreview } from '../../../contract/lifecycle.ts';
import { api, type VpsAccepted, type VpsChange, type VpsDetail } from '../../kit/api/client.ts';
import { type ApiError, asApiError } from '../../kit/api/problem.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { ChangeConfirm } from './change-confirm.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Dialog, DialogFooter } from '../../kit/ui/dialog.tsx';

interface PreviewedProps {
  vps: VpsDetail;
  title: string;
  lead: string;
  /** What the fields say now. */
  change: VpsChange;
  /** Why that cannot be previewed yet, or null. */
  hold: string | null;
  /** The fields of the first step, with the refusal of the last preview. */
  children?: (problem: ApiError | null) => ReactNode;
  /** Shown in the second step above what the change means. */
  details?: ReactNode;
  /** Whether `children` show the refusals of fields themselves; else they stand in a note. */
  showsFieldErrors?: boolean;
  wide?: boolean;
  onClose: () => void;
  onRequested: (accepted: VpsAccepted) => void;
}

export function PreviewedDialog(props: PreviewedProps) {
  const { vps, title, lead, change, hold, children, details, showsFieldErrors = false, wide = false, onClose, onRequested } = props;
  const [planned, setPlanned] = useState<{ preview: ChangePreview; change: VpsChange } | null>(null);
  // What was previewed is what will be ordered, whatever the fields say by then.
  const ask = async (asked: VpsChange) => ({ change: asked, ...(await api.previewVps({ id: vps.id, body: { change: asked } })) });
  const preview = useAction(ask, {
    quiet: true,
    done: (answer) => answer.preview && setPlanned({ preview: answer.preview, change: answer.change }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (hold === null && !preview.isPending) preview.mutate(change);
  };
  const problem = preview.error ? asApiError(preview.error) : null;
  const noted = problem !== null && !(showsFieldErrors && problem.errors.length > 0);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={title} description={lead} shape={wide ? 'wide' : 'box'}>
      {planned ? (
        <ChangeConfirm vps={vps} {...planned} onBack={() => setPlanned(null)} onRequested={onRequested}>
          {details}
        </ChangeConfirm>
      ) : (
        <form onSubmit={submit} className="mt-4 flex flex-col gap-4" noValidate>
          {children?.(problem)}
          {noted && <ProblemNote error={problem} />}
          <DialogFooter>
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" variant="primary" icon="preview" busy={preview.isPending} disabledReason={hold}>
              See what it means
            </Button>
          </DialogFooter>
        </form>
      )}
    </Dialog>
  );
}
