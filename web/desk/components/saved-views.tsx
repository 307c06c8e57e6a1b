import { useState } from 'react';
import { asApiError } from '../../kit/api/problem.ts';
import type { VpsSearch } from '../../kit/api/queries.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { TextField } from '../../kit/ui/field.tsx';
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '../../kit/ui/menu.tsx';
import { isShown, nameProblem } from '../lib/saved-views.ts';
import { useSavedViews } from '../lib/use-saved-views.ts';

/** Looks at the list that somebody has kept, and what keeps the present one. */
export function SavedViews({ search, onOpen }: { search: VpsSearch; onOpen: (search: VpsSearch) => void }) {
  const [naming, setNaming] = useState(false);
  const { query, withPerson, save, forget } = useSavedViews(() => setNaming(false));
  const views = query.data ?? [];
  const shown = views.find((view) => isShown(view, search));
  return (
    <>
      <Menu trigger={<Button icon="eye">{shown?.name ?? 'Views'}</Button>}>
        {query.error && <Problem error={query.error} retry={() => void query.refetch()} />}
        {query.data?.length === 0 && <MenuLabel>{withPerson ? 'You keep none yet.' : 'None is saved in this browser yet.'}</MenuLabel>}
        {views.map((view) => (
          <MenuItem key={view.name} onSelect={() => onOpen(view.search)}>
            {view.name}
          </MenuItem>
        ))}
        {shown ? (
          <MenuItem danger onSelect={() => forget.mutate(shown.name)}>
            Forget “{shown.name}”
          </MenuItem>
        ) : (
          <MenuItem
            onSelect={() => {
              save.reset();
              setNaming(true);
            }}
          >
            Save this view…
          </MenuItem>
        )}
      </Menu>
      {naming && (
        <NameDialog
          withPerson={withPerson}
          busy={save.isPending}
          error={save.error}
          onClose={() => setNaming(false)}
          onName={(name) => save.mutate({ name, search })}
        />
      )}
    </>
  );
}

/** Why they could not be read; those that were read before stay. */
function Problem({ error, retry }: { error: unknown; retry: () => void }) {
  const { message, remedy } = asApiError(error);
  return (
    <>
      <MenuLabel>
        <span className="block text-bad">{message}</span>
        {remedy}
      </MenuLabel>
      <MenuItem onSelect={retry}>Try again</MenuItem>
      <MenuSeparator />
    </>
  );
}

interface NameProps {
  withPerson: boolean;
  busy: boolean;
  error: unknown;
  onName: (name: string) => void;
  onClose: () => void;
}

function NameDialog({ withPerson, busy, error, onName, onClose }: NameProps) {
  const [name, setName] = useState('');
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Save this view"
      description={withPerson ? 'The filters and the order, for you wherever you sign in.' : 'The filters and the order, in this browser.'}
    >
      <DialogForm
        error={error}
        fields={[]}
        missing={nameProblem(name)}
        busy={busy}
        action="Save"
        onCancel={onClose}
        onSubmit={() => onName(name.trim())}
      >
        <TextField label="Name" value={name} maxLength={60} onChange={(event) => setName(event.target.value)} />
      </DialogForm>
    </Dialog>
  );
}
