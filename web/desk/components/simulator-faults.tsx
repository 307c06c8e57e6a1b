import { type FormEvent, useState } from 'react';
import { api, type SimulatorFault, type SimulatorFaultCreate, type SimulatorState } from '../../kit/api/client.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { sentenceCase } from '../../kit/lib/words.ts';
import { May } from '../../kit/parts/may.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { SelectField, TextField } from '../../kit/ui/field.tsx';

type Kind = SimulatorFaultCreate['kind'];

/** What each switch does, and what it needs besides. */
const KINDS: Readonly<Record<Kind, readonly [does: string, needs: keyof Needs | null]>> = {
  status: ['The provider answers with an error; the call is not run.', 'status'],
  timeout: ['No answer until the caller gives up; the call is not run.', null],
  cut: ['The connection is cut; the call is not run.', null],
  'lost-answer': ['The call is run, then the connection is cut: the hardest one.', null],
  malformed: ['The call is run, and the answer is broken.', null],
  delay: ['The call waits, then goes on.', 'ms'],
  vanish: ['What has the text in its name or tags is gone without trace.', 'match'],
  hold: ['One call waits until the switch is removed.', 'when'],
  flag: ['A condition that the provider’s routes look at; its README names them.', 'flag'],
};
interface Needs {
  status: string;
  ms: string;
  match: string;
  when: string;
  flag: string;
}
const LABELS: Readonly<Record<keyof Needs, string>> = {
  status: 'Status (300 to 599)',
  ms: 'Milliseconds',
  match: 'Text to look for',
  when: 'When: before or after the call is run',
  flag: 'Name of the condition',
};
const START: Needs = { status: '503', ms: '5000', match: '', when: 'before', flag: '' };
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

export function SimulatorFaults({ state }: { state: Pick<SimulatorState, 'faults' | 'providers'> }) {
  return (
    <div className="flex flex-col gap-5">
      {state.faults.length === 0 ? (
        <p className="text-ink-2">Nothing is broken on purpose.</p>
      ) : (
        <ul aria-label="Faults that are on" className="divide-y divide-line">
          {state.faults.map((fault) => (
            <FaultRow key={fault.id} fault={fault} />
          ))}
        </ul>
      )}
      <AddFault providers={state.providers.map(({ id }) => id)} />
    </div>
  );
}

function FaultRow({ fault }: { fault: SimulatorFault }) {
  const remove = useAction(() => api.deleteSimulatorFault({ id: fault.id }));
  return (
    <li className="flex flex-wrap items-center gap-3 py-2">
      <span className="font-medium">{sentenceCase(fault.kind)}</span>
      <span className="min-w-0 break-words text-ink-2">
        {fault.provider}
        {fault.detail && `, ${fault.detail}`}
        {(fault.method ?? fault.path) && `, ${fault.method ?? 'any method'} ${fault.path ?? ''}`},{' '}
        {fault.times === null ? 'until removed' : `${fault.times} more`}
        {fault.hits > 0 && `, hit ${fault.hits}`}
      </span>
      <May call="deleteSimulatorFault">
        <Button className="ml-auto" busy={remove.isPending} onClick={() => remove.mutate()}>
          Remove
        </Button>
      </May>
    </li>
  );
}

function AddFault({ providers }: { providers: readonly string[] }) {
  const [chosen, setProvider] = useState('');
  const provider = chosen || (providers[0] ?? '');
  const [kind, setKind] = useState<Kind>('status');
  const [values, setValues] = useState(START);
  const [method, setMethod] = useState('');
  const [path, setPath] = useState('');
  const [times, setTimes] = useState('1');
  const [does, needs] = KINDS[kind];
  const add = useAction((body: SimulatorFaultCreate) => api.createSimulatorFault({ body }), { quiet: true });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const number = needs === 'status' || needs === 'ms';
    add.mutate({
      provider,
      kind,
      ...(method === '' ? {} : { method: method as (typeof METHODS)[number] }),
      ...(path === '' ? {} : { path }),
      ...(kind === 'hold' ? {} : { times: times === '' ? null : Number(times) }),
      ...(needs === null ? {} : { [needs]: number ? Number(values[needs]) : values[needs] }),
    });
  };
  return (
    <form onSubmit={submit} aria-label="Add a fault" className="flex flex-col gap-3 border-t border-line pt-4">
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-2 lg:grid-cols-3">
        <SelectField
          label="Provider"
          value={provider}
          options={providers.map((each) => ({ value: each, label: each }))}
          onChange={(event) => setProvider(event.target.value)}
        />
        <SelectField
          label="What goes wrong"
          value={kind}
          help={does}
          options={(Object.keys(KINDS) as Kind[]).map((each) => ({ value: each, label: sentenceCase(each) }))}
          onChange={(event) => setKind(event.target.value as Kind)}
        />
        {needs !== null && (
          <TextField
            label={LABELS[needs]}
            value={values[needs]}
            onChange={(event) => setValues({ ...values, [needs]: event.target.value })}
          />
        )}
        <SelectField
          label="Which calls"
          value={method}
          options={[{ value: '', label: 'Any method' }, ...METHODS.map((each) => ({ value: each, label: each }))]}
          onChange={(event) => setMethod(event.target.value)}
        />
        <TextField label="Path (regular expression)" value={path} spellCheck={false} onChange={(event) => setPath(event.target.value)} />
        {kind !== 'hold' && (
          <TextField
            label="How many calls"
            help="Empty: until it is removed."
            inputMode="numeric"
            value={times}
            onChange={(event) => setTimes(event.target.value)}
          />
        )}
      </div>
      {add.error ? <ProblemNote error={add.error} /> : null}
      <May call="createSimulatorFault">
        <Button type="submit" variant="primary" icon="plus" busy={add.isPending} className="self-start">
          Switch it on
        </Button>
      </May>
    </form>
  );
}
