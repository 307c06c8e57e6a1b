import { useState } from 'react';
import { api, type AvailableProvider } from '../../kit/api/client.ts';
import { fieldError } from '../../kit/api/problem.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { SelectField, TextField } from '../../kit/ui/field.tsx';
import { toast } from '../../kit/ui/toast.tsx';
import { requestOf, type Secret } from '../lib/as-code.ts';
import { accountCommand } from '../lib/as-command.ts';
import { AsCode } from './as-code.tsx';

interface AddProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  available: readonly AvailableProvider[];
}

/** The key is tried at the provider while the button turns; a refused one is never kept. */
export function AddAccount({ open, onOpenChange, available }: AddProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Add a provider account"
      description="The key is tried at the provider first, then kept encrypted."
    >
      <AddForm available={available} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function AddForm({ available, onDone }: { available: readonly AvailableProvider[]; onDone: () => void }) {
  const session = useSession();
  const [type, setType] = useState(available[0]?.type ?? '');
  const [name, setName] = useState('');
  const [endpoint, setEndpoint] = useState<'real' | 'simulator'>(session?.simulator_url ? 'simulator' : 'real');
  const [key, setKey] = useState<Readonly<Record<string, string>>>({});
  const provider = available.find((each) => each.type === type);
  const fields = provider?.credential_fields ?? [];
  const body = { name, type, endpoint, api_key: keyOf(fields, key) };
  const secrets = secretsOf(type, fields, key);
  const add = useAction(() => api.createAccount({ body }), {
    quiet: true,
    done: ({ provider: account }) => {
      toast(`“${account.name}” is ready: its key works.`);
      onDone();
    },
  });
  const empty = fields.find(({ name: field, optional }) => !optional && !key[field]);
  const reason = name.trim() === '' ? 'Give it a name first.' : empty ? `Fill in ${empty.label} first.` : null;
  return (
    <DialogForm
      error={add.error}
      fields={['type', 'name', 'api_key']}
      missing={reason}
      busy={add.isPending}
      action={add.isPending ? 'Trying the key…' : 'Try the key and add'}
      code={
        // What is typed stays in its field: the text has the names of variables.
        <AsCode
          request={requestOf('createAccount', { ...body, api_key: hidden(body.api_key) })}
          secrets={secrets}
          command={accountCommand(body, secrets)}
        />
      }
      onCancel={onDone}
      onSubmit={() => add.mutate()}
    >
      <SelectField
        label="Provider"
        value={type}
        options={available.map((each) => ({ value: each.type, label: `${each.name} (${each.roles.join(', ')})` }))}
        error={fieldError(add.error, 'type')}
        onChange={(event) => (setType(event.target.value), setKey({}))}
      />
      {session?.simulator_url && (
        <SelectField
          label="Where"
          value={endpoint}
          options={[
            { value: 'simulator', label: 'The simulator on this machine; nothing is bought' },
            { value: 'real', label: 'The real provider; servers cost money' },
          ]}
          onChange={(event) => setEndpoint(event.target.value === 'real' ? 'real' : 'simulator')}
          help={endpoint === 'simulator' ? 'Any key that begins with sim- works there.' : undefined}
        />
      )}
      <TextField
        label="Name"
        value={name}
        maxLength={100}
        autoComplete="off"
        onChange={(event) => setName(event.target.value)}
        error={fieldError(add.error, 'name')}
        placeholder={provider ? `${provider.name} production` : ''}
      />
      <CredentialFields fields={fields} value={key} onChange={setKey} problem={add.error} />
      {provider && (
        <p className="text-xs text-ink-2">
          How to make a key:{' '}
          <a href={provider.docs_url} target="_blank" rel="noreferrer" className="underline">
            {provider.name} documentation
          </a>
        </p>
      )}
    </DialogForm>
  );
}

interface CredentialProps {
  fields: AvailableProvider['credential_fields'];
  value: Readonly<Record<string, string>>;
  onChange: (value: Readonly<Record<string, string>>) => void;
  problem: unknown;
}

/** What was filled in: one text where the key is one field. */
export function keyOf(fields: CredentialProps['fields'], key: CredentialProps['value']): string | Record<string, string> {
  return fields.length === 1 ? (key[fields[0]!.name] ?? '') : Object.fromEntries(Object.entries(key).filter(([, text]) => text !== ''));
}

/** The variables that a script has the key's parts in: `CLOUD_TOKEN`. */
function secretsOf(type: string, fields: CredentialProps['fields'], key: CredentialProps['value']): Secret[] {
  const given = fields.length === 1 ? fields : fields.filter(({ name }) => key[name]);
  return given.map(({ name }) => ({
    at: fields.length === 1 ? ['api_key'] : ['api_key', name],
    variable: `${type}_${name}`.toUpperCase().replaceAll(/\W/g, '_'),
  }));
}

const hidden = (key: string | Record<string, string>) =>
  typeof key === 'string' ? '' : Object.fromEntries(Object.keys(key).map((name) => [name, '']));

/** One field per part of the provider's credential; a refusal of the key shows at the last. */
export function CredentialFields({ fields, value, onChange, problem }: CredentialProps) {
  const refused = fieldError(problem, 'api_key');
  return fields.map((field, index) => (
    <TextField
      key={field.name}
      label={field.optional ? `${field.label} (optional)` : field.label}
      type="password"
      autoComplete="off"
      spellCheck={false}
      value={value[field.name] ?? ''}
      onChange={(event) => onChange({ ...value, [field.name]: event.target.value })}
      help={field.help}
      error={index === fields.length - 1 ? refused : null}
    />
  ));
}
