/** A set-up profile written, looked at as a server would get it, and published. */
import { useState } from 'react';
import { api, type SetupFile, type SetupPreview, type SetupProfile, type SetupTemplate, type SetupVariable } from '../../kit/api/client.ts';
import { fieldError } from '../../kit/api/problem.ts';
import { count } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { SelectField, TextArea, TextField } from '../../kit/ui/field.tsx';
import { toast } from '../../kit/ui/toast.tsx';
import { AsCode } from '../components/as-code.tsx';
import { requestOf } from '../lib/as-code.ts';
import { profileCommand } from '../lib/as-command.ts';
import { FilesField, VariablesField } from './profile-fields.tsx';

const EMPTY: SetupTemplate = {
  description: '',
  variables: [],
  files: [],
  script: 'apt-get update\napt-get install -y caddy\n',
  secrets: 'fetched',
  checks: [{ type: 'finished' }],
  ready_within: 1_800,
};
const LEAST_S = 30;

export function ProfileEditor({ from, onClose }: { from: SetupProfile | null; onClose: () => void }) {
  const [name, setName] = useState(from === null ? '' : from.built_in ? `${from.name}-2` : from.name);
  const [template, set] = useState<SetupTemplate>(from?.versions[0]?.template ?? EMPTY);
  const [shown, show] = useState<SetupPreview | null>(null);
  const change = (part: Partial<SetupTemplate>): void => {
    set((before) => ({ ...before, ...part }));
    show(null);
  };
  const body = { name, template: cleaned(template) };
  const publish = useAction(() => api.publishSetupProfile({ body }), {
    quiet: true,
    done: ({ profile }) => {
      toast(`${profile.name} is published in version ${profile.versions[0]?.version}.`);
      onClose();
    },
  });
  const missing = missingOf(name, template);
  return (
    <>
      <Card
        title={from === null ? 'New profile' : `${from.name}, from version ${from.versions[0]?.version}`}
        actions={
          <span className="flex flex-wrap gap-2">
            <Button onClick={onClose}>Leave it</Button>
            <Button variant="primary" busy={publish.isPending} disabledReason={missing} onClick={() => publish.mutate(undefined)}>
              Publish it
            </Button>
          </span>
        }
      >
        <div className="flex flex-col gap-4">
          {publish.error && <ProblemNote error={publish.error} />}
          <div className="grid gap-4 sm:grid-cols-2">
            <TextField
              label="Name"
              help="Small letters, digits and hyphens. The same name again is its next version."
              value={name}
              onChange={(event) => setName(event.target.value.trim().toLowerCase())}
              error={fieldError(publish.error, 'name')}
            />
            <TextField
              label="In one sentence"
              value={template.description}
              onChange={(event) => change({ description: event.target.value })}
            />
          </div>
          <VariablesField value={template.variables} onChange={(variables: SetupVariable[]) => change({ variables })} />
          <FilesField value={template.files} onChange={(files: SetupFile[]) => change({ files })} />
          <TextArea
            label="Script, in Bash"
            help="Variables are variables there; `put <file>` writes a file."
            rows={14}
            spellCheck={false}
            className="font-mono text-xs"
            value={template.script}
            onChange={(event) => change({ script: event.target.value })}
            error={fieldError(publish.error, 'template.script')}
          />
          <Ready template={template} onChange={change} />
          {missing === null && <AsCode request={requestOf('publishSetupProfile', body)} command={profileCommand(body)} />}
        </div>
      </Card>
      <Preview template={template} shown={shown} onShow={show} />
    </>
  );
}

/** When it counts as ready. */
function Ready({ template, onChange }: { template: SetupTemplate; onChange: (part: Partial<SetupTemplate>) => void }) {
  const { checks } = template;
  const port = checks.find((each) => each.type === 'tcp')?.port;
  const path = checks.find((each) => each.type === 'https')?.path;
  const others = (type: 'tcp' | 'https') => checks.filter((each) => each.type !== type);
  return (
    <div className="grid items-start gap-4 sm:grid-cols-2 lg:grid-cols-4">
      <SelectField
        label="Its secrets"
        value={template.secrets}
        options={[
          { value: 'fetched', label: 'fetched from Plinth, once' },
          { value: 'inline', label: 'stand in the script' },
        ]}
        onChange={(event) => onChange({ secrets: event.target.value as SetupTemplate['secrets'] })}
      />
      <TextField
        label="Ready when a port answers"
        inputMode="numeric"
        placeholder="443"
        value={port ?? ''}
        onChange={({ target }) => {
          const next = Number.parseInt(target.value, 10);
          onChange({ checks: Number.isNaN(next) ? others('tcp') : [...others('tcp'), { type: 'tcp', port: next }] });
        }}
      />
      <TextField
        label="and a page is there, by HTTPS"
        placeholder="/health"
        value={path ?? ''}
        onChange={({ target }) =>
          onChange({
            checks: target.value.trim() === '' ? others('https') : [...others('https'), { type: 'https', path: target.value.trim() }],
          })
        }
      />
      <TextField
        label="within seconds"
        inputMode="numeric"
        value={template.ready_within}
        onChange={({ target }) => onChange({ ready_within: Number.parseInt(target.value, 10) || 0 })}
      />
    </div>
  );
}

function Preview({
  template,
  shown,
  onShow,
}: {
  template: SetupTemplate;
  shown: SetupPreview | null;
  onShow: (preview: SetupPreview) => void;
}) {
  const [values, set] = useState<Readonly<Record<string, string>>>({});
  const asked = template.variables.filter(({ name, type }) => name !== '' && type !== 'secret' && type !== 'password_hash');
  const look = useAction(
    () => {
      const sent = Object.fromEntries(asked.flatMap(({ name }) => (values[name] ? [[name, values[name]]] : [])));
      return api.previewSetupProfile({ body: { template: cleaned(template), values: sent } });
    },
    { quiet: true, renews: false, done: onShow },
  );
  return (
    <Card
      title="What a server would get"
      actions={
        <Button icon="preview" busy={look.isPending} onClick={() => look.mutate(undefined)}>
          Show it
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        {asked.length > 0 && (
          <div className="grid items-start gap-4 sm:grid-cols-2 lg:grid-cols-3">
            {asked.map(({ name, type, default: fallback, description }) => (
              <TextField
                key={name}
                label={name}
                help={description || type}
                placeholder={fallback}
                value={values[name] ?? ''}
                onChange={(event) => set((before) => ({ ...before, [name]: event.target.value }))}
                error={fieldError(look.error, `setup.values.${name}`)}
              />
            ))}
          </div>
        )}
        {look.error && <ProblemNote error={look.error} />}
        {shown && (
          <>
            {shown.notes.map((note) => (
              <p key={note} className="rounded-md border border-warn/40 bg-warn-soft px-3 py-2">
                {note}
              </p>
            ))}
            <Written title={`The script, ${count(shown.bytes)} bytes`} text={shown.script} />
            {shown.files.map((file) => (
              <Written key={file.name} title={`${file.path}, ${file.mode}`} text={file.content} />
            ))}
          </>
        )}
      </div>
    </Card>
  );
}

function Written({ title, text }: { title: string; text: string }) {
  return (
    <section aria-label={title}>
      <h3 className="mb-1 font-medium break-all">{title}</h3>
      <pre tabIndex={0} className="max-h-96 overflow-auto rounded-md bg-raised p-3 font-mono text-xs">
        {text}
      </pre>
    </section>
  );
}

function missingOf(name: string, { script, variables, ready_within: within }: SetupTemplate): string | null {
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(name)) return 'Give it a name of small letters, digits and hyphens first.';
  if (script.trim() === '') return 'Write its script first.';
  if (variables.some((each) => each.name === '')) return 'Name each variable.';
  return within >= LEAST_S ? null : `Give it at least ${LEAST_S} seconds to be ready.`;
}

/** An empty default is none. */
function cleaned(template: SetupTemplate): SetupTemplate {
  return {
    ...template,
    variables: template.variables.map(({ default: fallback, ...rest }) => (fallback ? { ...rest, default: fallback } : rest)),
  };
}
