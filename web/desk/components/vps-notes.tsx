import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { api, type VpsDetail, type VpsPatch } from '../../kit/api/client.ts';
import { fieldError } from '../../kit/api/problem.ts';
import { vpsQuery } from '../../kit/api/queries.ts';
import { rightProblem } from '../lib/abilities.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Checkbox, TextArea } from '../../kit/ui/field.tsx';

/** Operators' notes and the guard against deletion. */
export function VpsNotes({ vps }: { vps: VpsDetail }) {
  const session = useSession();
  const mayNot = rightProblem(session, 'vps:update');
  const seller = session?.organization_id === null;
  const client = useQueryClient();
  const now = vps.notes ?? '';
  const [notes, setNotes] = useState(now);
  // What the writing began with: the service takes the notes only while they are still that.
  const [read, setRead] = useState(now);
  const save = useAction((body: VpsPatch) => api.updateVps({ id: vps.id, body }), {
    done: ({ instance }) => {
      client.setQueryData(vpsQuery(vps.id).queryKey, (old) => old && { ...old, ...instance });
      setRead(instance.notes ?? '');
    },
  });
  // A refusal may mean that somebody else was first: what they wrote has to be seen.
  useEffect(() => {
    if (save.error) void client.invalidateQueries({ queryKey: vpsQuery(vps.id).queryKey });
  }, [save.error, client, vps.id]);
  const elsewhere = now !== read && now !== notes;
  // Nobody writes here: what somebody else wrote is simply shown.
  if (now !== read && notes === read) {
    setNotes(now);
    setRead(now);
  }
  const take = (text: string): void => {
    setNotes(text);
    setRead(now);
  };
  const unchanged = notes === now ? 'Nothing has changed.' : elsewhere ? 'Decide first about what somebody else wrote.' : null;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if ((mayNot ?? unchanged) === null)
      save.mutate({ notes: notes.trim() === '' ? null : notes, expected_notes: read === '' ? null : read });
  };
  return (
    <Card title={seller ? 'Notes and protection' : 'Protection'}>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <Checkbox
          label="Protect against deletion"
          checked={vps.delete_protection}
          disabled={mayNot !== null}
          onChange={(event) => save.mutate({ delete_protection: event.target.checked })}
          help={mayNot ?? 'While set, every request to delete it is refused.'}
        />
        {seller && (
          <>
            <TextArea
              label="Notes"
              value={notes}
              maxLength={10_000}
              readOnly={mayNot !== null}
              onChange={(event) => setNotes(event.target.value)}
              error={fieldError(save.error, 'notes')}
              help="For the seller; tokens of an organization do not see them."
            />
            {elsewhere && (
              <div role="alert" className="rounded-md border border-warn/50 bg-warn-soft px-3 py-2">
                <p className="font-medium">Somebody else has changed the notes meanwhile:</p>
                <p className="my-1 whitespace-pre-wrap">{now === '' ? '(nothing)' : now}</p>
                <span className="flex flex-wrap gap-2">
                  <Button onClick={() => take(now)}>Take theirs</Button>
                  <Button onClick={() => take(notes)}>Keep mine</Button>
                  <Button onClick={() => take(now === '' ? notes : `${now}\n${notes}`)}>Both</Button>
                </span>
              </div>
            )}
            <Button type="submit" className="self-end" busy={save.isPending} disabledReason={mayNot ?? unchanged}>
              Save notes
            </Button>
          </>
        )}
      </form>
    </Card>
  );
}
