import { type FormEvent, useState } from 'react';
import type { VpsSearch } from '../../kit/api/queries.ts';
import { Button } from '../../kit/ui/button.tsx';
import { Dialog, DialogFooter } from '../../kit/ui/dialog.tsx';
import { TextField } from '../../kit/ui/field.tsx';
import { Menu, MenuItem, MenuLabel } from '../../kit/ui/menu.tsx';
import { forgetView, isShown, nameProblem, savedViews, saveView } from '../lib/saved-views.ts';

/** Looks at the list that somebody has kept in this browser, and what keeps the present one. */
export function SavedViews({ search, onOpen }: { search: VpsSearch; onOpen: (search: VpsSearch) => void }) {
  const [views, setViews] = useState(savedViews);
  const [naming, setNaming] = useState(false);
  const shown = views.find((view) => isShown(view, search));
  return (
    <>
      <Menu trigger={<Button icon="eye">{shown?.name ?? 'Views'}</Button>}>
        {views.length === 0 && <MenuLabel>None is saved in this browser yet.</MenuLabel>}
        {views.map((view) => (
          <MenuItem key={view.name} onSelect={() => onOpen(view.search)}>
            {view.name}
          </MenuItem>
        ))}
        {shown ? (
          <MenuItem danger onSelect={() => setViews(forgetView(shown.name))}>
            Forget “{shown.name}”
          </MenuItem>
        ) : (
          <MenuItem onSelect={() => setNaming(true)}>Save this view…</MenuItem>
        )}
      </Menu>
      {naming && (
        <NameDialog
          onClose={() => setNaming(false)}
          onName={(name) => {
            setViews(saveView({ name, search }));
            setNaming(false);
          }}
        />
      )}
    </>
  );
}

function NameDialog({ onName, onClose }: { onName: (name: string) => void; onClose: () => void }) {
  const [name, setName] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (nameProblem(name) === null) onName(name.trim());
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Save this view"
      description="The filters and the order, in this browser."
    >
      <form onSubmit={submit} className="mt-4">
        <TextField label="Name" value={name} maxLength={60} onChange={(event) => setName(event.target.value)} />
        <DialogFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabledReason={nameProblem(name)}>
            Save
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}
