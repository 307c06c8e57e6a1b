import { useState } from 'react';
import { api, type SimulatorChange, type SimulatorInstances } from '../../kit/api/client.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { sentenceCase } from '../../kit/lib/words.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { May } from '../../kit/parts/may.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { TextField } from '../../kit/ui/field.tsx';
import { Table } from '../../kit/ui/table.tsx';
import { toast } from '../../kit/ui/toast.tsx';

type Instance = SimulatorInstances['instances'][number];
type Naming = 'rename' | 'resize' | null;

/** The simulated servers, with what somebody could do to them in the vendor's console. */
export function SimulatedServers({ instances }: { instances: readonly Instance[] }) {
  if (instances.length === 0) return <p className="text-ink-2">No server yet. The first appears when a VPS is created.</p>;
  return (
    <Table
      label="Simulated servers"
      head={['Server', 'State', 'Plan and place', 'Address', '']}
      untitled="Behind Plinth’s back"
      className="min-w-[52rem]"
    >
      {instances.map((instance) => (
        <ServerRow key={`${instance.provider} ${instance.id}`} instance={instance} />
      ))}
    </Table>
  );
}

function ServerRow({ instance }: { instance: Instance }) {
  const [naming, name] = useState<Naming>(null);
  const change = useAction((body: SimulatorChange) => api.changeSimulatorInstance({ provider: instance.provider, id: instance.id, body }), {
    quiet: naming !== null,
    done: () => {
      name(null);
      toast('Done; nobody was told.', { detail: 'Plinth finds it with the next drift sweep.' });
    },
  });
  const isOff = /off|stop|halt|offline/i.test(instance.status);
  return (
    <tr>
      <td className="py-2 pr-4">
        {instance.label}{' '}
        <span className="block max-w-md text-xs break-all text-ink-2">
          {instance.provider} <code className="font-mono">{instance.id}</code>
        </span>
      </td>
      <td className="py-2 pr-4">
        <Badge tone={isOff ? 'quiet' : 'good'}>{sentenceCase(instance.status)}</Badge>
      </td>
      <td className="py-2 pr-4 font-mono text-xs xl:whitespace-nowrap">
        {instance.plan} <span className="block">{instance.region}</span>
      </td>
      <td className="py-2 pr-4 font-mono text-xs">{instance.ipv4}</td>
      <td className="py-1">
        <div className="flex justify-end gap-1">
          <May call="changeSimulatorInstance">
            <Button busy={change.isPending} onClick={() => change.mutate({ change: 'power', power: isOff ? 'on' : 'off' })}>
              {isOff ? 'Switch on' : 'Switch off'}
            </Button>
            <Button onClick={() => name('rename')}>Rename…</Button>
            <Button onClick={() => name('resize')}>Resize…</Button>
            <Button icon="trash" variant="danger" onClick={() => change.mutate({ change: 'remove' })}>
              Delete
            </Button>
          </May>
        </div>
        {naming !== null && (
          <NewValue
            naming={naming}
            instance={instance}
            busy={change.isPending}
            error={change.error}
            onClose={() => name(null)}
            onValue={(value) => change.mutate(naming === 'rename' ? { change: 'rename', label: value } : { change: 'resize', plan: value })}
          />
        )}
      </td>
    </tr>
  );
}

interface NewValueProps {
  naming: 'rename' | 'resize';
  instance: Instance;
  busy: boolean;
  error: unknown;
  onClose: () => void;
  onValue: (value: string) => void;
}

function NewValue({ naming, instance, busy, error, onClose, onValue }: NewValueProps) {
  const before = naming === 'rename' ? instance.label : instance.plan;
  const [value, setValue] = useState(before);
  const same = value.trim() === '' || value === before ? 'Type another one.' : null;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={naming === 'rename' ? `Rename ${instance.label}` : `Resize ${instance.label}`}
      description="At the simulated provider only, as somebody could in the vendor’s console."
    >
      <DialogForm
        error={error}
        fields={[]}
        missing={same}
        busy={busy}
        action={naming === 'rename' ? 'Rename' : 'Resize'}
        onCancel={onClose}
        onSubmit={() => onValue(value.trim())}
      >
        <TextField
          label={naming === 'rename' ? 'New name' : 'New plan, by its id'}
          value={value}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setValue(event.target.value)}
        />
      </DialogForm>
    </Dialog>
  );
}
