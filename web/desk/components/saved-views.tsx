import { useState } from 'react';
import type { VpsSearch } from '../../kit/api/queries.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
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
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Save this view"
      description="The filters and the order, in this browser."
    >
      <DialogForm
        error={null}
        fields={[]}
        missing={nameProblem(name)}
        busy={false}
        action="Save"
        onCancel={onClose}
        onSubmit={() => onName(name.trim())}
      >
        <TextField label="Name" value={name} maxLength={60} onChange={(event) => setName(event.target.value)} />
      </DialogForm>
    </Dialog>
  );
}
