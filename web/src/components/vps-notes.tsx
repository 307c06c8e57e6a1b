import { type FormEvent, useState } from 'react';
import { api, type VpsDetail, type VpsPatch } from '../api/client.ts';
import { fieldError } from '../api/problem.ts';
import { roleProblem } from '../lib/abilities.ts';
import { useAction } from '../lib/use-action.ts';
import { useSession } from '../lib/use-session.ts';
import { Button } from './ui/button.tsx';
import { Card } from './ui/card.tsx';
import { Checkbox, TextArea } from './ui/field.tsx';

/** Operators' notes and the guard against deletion. */
export function VpsNotes({ vps }: { vps: VpsDetail }) {
  const mayNot = roleProblem(useSession(), 'operator');
  const [notes, setNotes] = useState(vps.notes ?? '');
  const save = useAction((body: VpsPatch) => api.updateVps({ id: vps.id, body }));
  const unchanged = notes === (vps.notes ?? '') ? 'Nothing has changed.' : null;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if ((mayNot ?? unchanged) === null) save.mutate({ notes: notes.trim() === '' ? null : notes });
  };
  return (
    <Card title="Notes and protection">
      <form onSubmit={submit} className="flex flex-col gap-3">
        <Checkbox
          label="Protect against deletion"
          checked={vps.delete_protection}
          disabled={mayNot !== null}
          onChange={(event) => save.mutate({ delete_protection: event.target.checked })}
          help={mayNot ?? 'While set, every request to delete it is refused.'}
        />
        <TextArea
          label="Notes"
          value={notes}
          maxLength={10_000}
          readOnly={mayNot !== null}
          onChange={(event) => setNotes(event.target.value)}
          error={fieldError(save.error, 'notes')}
          help="For operators; customers do not see them."
        />
        <Button type="submit" className="self-end" busy={save.isPending} disabledReason={mayNot ?? unchanged}>
          Save notes
        </Button>
      </form>
    </Card>
  );
}
