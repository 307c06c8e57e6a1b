import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { api, type InventoryImport, type InventoryImportPreview, type InventoryRow } from '../../kit/api/client.ts';
import { fieldError } from '../../kit/api/problem.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { TextField } from '../../kit/ui/field.tsx';

/** Takes a server that is there already into a stack: shows what that means before it is ordered. */
export function ImportDialog({ item, onClose }: { item: InventoryRow; onClose: () => void }) {
  const navigate = useNavigate();
  const [label, setLabel] = useState('');
  const [zone, setZone] = useState('');
  const [password, setPassword] = useState('');
  const [shown, show] = useState<InventoryImportPreview | null>(null);
  const [key] = useState(() => crypto.randomUUID());
  const body: InventoryImport = {
    label,
    ...(zone.trim() === '' ? {} : { dns: { zone: zone.trim() } }),
    ...(password === '' ? {} : { root_pass: password }),
  };
  const look = useAction(() => api.previewImport({ id: item.id, body }), { quiet: true, done: show });
  const take = useAction(() => api.importServer({ id: item.id, body, idempotencyKey: key }), {
    quiet: true,
    done: ({ instance, operation }) => void navigate({ to: '/vps/$id', params: { id: instance.id }, search: { operation: operation.id } }),
  });
  const error = take.error ?? look.error;
  const missing = label === '' ? 'Say what the VPS shall be called.' : null;
  const edit = (set: (value: string) => void) => (value: string) => {
    set(value);
    show(null);
    look.reset();
    take.reset();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Import ${item.label || item.object_id}`}
      description="The server becomes a VPS here. It runs on as it is: it gets one tag, and nothing else of it is changed."
    >
      <DialogForm
        error={error}
        fields={['label', 'dns.zone', 'root_pass']}
        missing={missing}
        busy={look.isPending || take.isPending}
        action={shown === null ? 'Show what happens' : 'Import the server'}
        onCancel={onClose}
        onSubmit={() => (shown === null ? look : take).mutate()}
      >
        <TextField
          label="Label"
          value={label}
          maxLength={63}
          onChange={(event) => edit(setLabel)(event.target.value.toLowerCase())}
          error={fieldError(error, 'label')}
        />
        <TextField
          label="DNS zone"
          value={zone}
          onChange={(event) => edit(setZone)(event.target.value.toLowerCase())}
          help="A name below it is made for the server. Empty: no DNS records."
          error={fieldError(error, 'dns.zone')}
        />
        <TextField
          label="Its password"
          type="password"
          autoComplete="off"
          value={password}
          onChange={(event) => edit(setPassword)(event.target.value)}
          help="As it is now, to be shown here later. Empty: not known."
          error={fieldError(error, 'root_pass')}
        />
        {shown && <Shown preview={shown} />}
      </DialogForm>
    </Dialog>
  );
}

function Shown({ preview: { record, changes, not_taken_over: unknown } }: { preview: InventoryImportPreview }) {
  const { plan, region, image, ipv4, ipv6, backups, tags } = record;
  const facts = [`${plan} in ${region}`, image ?? 'an image that is not told', ...[ipv4, ipv6].filter((each) => each !== null)];
  return (
    <div className="flex flex-col gap-3 rounded-md border border-line p-3" role="status">
      <Lines title="Recorded">
        {[facts.join(', '), `Backups are ${backups ? 'on' : 'off'}.`, ...(tags.length > 0 ? [`Tags: ${tags.join(', ')}`] : [])]}
      </Lines>
      <Lines title="Changed">{changes.length > 0 ? changes : ['Nothing.']}</Lines>
      <Lines title="Not known">{unknown}</Lines>
    </div>
  );
}

function Lines({ title, children }: { title: string; children: readonly string[] }): ReactNode {
  return (
    <section>
      <h3 className="font-medium">{title}</h3>
      <ul className="list-disc pl-5 text-ink-2">
        {children.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  );
}
