/** The lists of a set-up profile: its variables and its files, a row each. */
import type { ReactNode } from 'react';
import type { SetupFile, SetupVariable } from '../../kit/api/client.ts';
import { Button } from '../../kit/ui/button.tsx';
import { SelectField, TextArea, TextField } from '../../kit/ui/field.tsx';

const TYPES: Readonly<Record<SetupVariable['type'], string>> = {
  text: 'any line',
  word: 'letters, digits, . _ -',
  user: 'a Linux user',
  hostname: 'a host name',
  url: 'an https address',
  number: 'a number',
  secret: 'a secret, made for each server',
  password_hash: 'the hash of its password',
};
const FORMATS: readonly SetupFile['format'][] = ['json', 'toml', 'yaml', 'shell', 'powershell', 'plain'];
const made = (type: SetupVariable['type']): boolean => type === 'secret' || type === 'password_hash';

interface RowsProps<Row> {
  legend: string;
  what: string;
  value: readonly Row[];
  fresh: Row;
  onChange: (value: Row[]) => void;
  row: (row: Row, change: (part: Partial<Row>) => void, at: number) => ReactNode;
}

function Rows<Row>({ legend, what, value, fresh, onChange, row }: RowsProps<Row>) {
  const change = (at: number) => (part: Partial<Row>) => onChange(value.map((each, index) => (index === at ? { ...each, ...part } : each)));
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-1 font-semibold">{legend}</legend>
      {value.map((each, index) => (
        <div key={index} className="flex flex-col gap-2 border-l-2 border-line pl-3">
          {row(each, change(index), index)}
          <Button className="self-start" onClick={() => onChange(value.filter((_, at) => at !== index))}>
            Remove {what} {index + 1}
          </Button>
        </div>
      ))}
      <Button icon="plus" className="self-start" onClick={() => onChange([...value, fresh])}>
        Another {what}
      </Button>
    </fieldset>
  );
}

export function VariablesField({ value, onChange }: { value: readonly SetupVariable[]; onChange: (value: SetupVariable[]) => void }) {
  return (
    <Rows<SetupVariable>
      legend="Variables"
      what="variable"
      value={value}
      fresh={{ name: '', type: 'word', description: '' }}
      onChange={onChange}
      row={(each, change, at) => (
        <div className="grid items-start gap-3 sm:grid-cols-2 lg:grid-cols-4">
          <TextField
            label={`Variable ${at + 1}`}
            placeholder="APP_NAME"
            spellCheck={false}
            value={each.name}
            onChange={(event) => change({ name: event.target.value.trim().toUpperCase() })}
          />
          <SelectField
            label="Holds"
            value={each.type}
            options={Object.entries(TYPES).map(([type, label]) => ({ value: type, label }))}
            onChange={(event) => change({ type: event.target.value as SetupVariable['type'] })}
          />
          <TextField
            label="Where none is given"
            disabled={made(each.type)}
            value={made(each.type) ? '' : (each.default ?? '')}
            onChange={(event) => change({ default: event.target.value })}
          />
          <TextField label="What it is" value={each.description} onChange={(event) => change({ description: event.target.value })} />
        </div>
      )}
    />
  );
}

export function FilesField({ value, onChange }: { value: readonly SetupFile[]; onChange: (value: SetupFile[]) => void }) {
  return (
    <Rows<SetupFile>
      legend="Files"
      what="file"
      value={value}
      fresh={{ name: '', path: '/etc/', format: 'plain', content: '', mode: '0644' }}
      onChange={onChange}
      row={(each, change, at) => (
        <>
          <div className="grid items-start gap-3 sm:grid-cols-2 lg:grid-cols-4">
            <TextField
              label={`File ${at + 1}`}
              help="As `put` calls it."
              value={each.name}
              onChange={(event) => change({ name: event.target.value.trim() })}
            />
            <TextField
              label="Path"
              spellCheck={false}
              value={each.path}
              onChange={(event) => change({ path: event.target.value.trim() })}
            />
            <SelectField
              label="Written as"
              value={each.format}
              options={FORMATS.map((format) => ({ value: format, label: format }))}
              onChange={(event) => change({ format: event.target.value as SetupFile['format'] })}
            />
            <TextField label="Mode" value={each.mode} onChange={(event) => change({ mode: event.target.value.trim() })} />
          </div>
          <TextArea
            label={`Content of file ${at + 1}`}
            help="{{NAME}} is the value of that variable."
            rows={6}
            spellCheck={false}
            className="font-mono text-xs"
            value={each.content}
            onChange={(event) => change({ content: event.target.value })}
          />
        </>
      )}
    />
  );
}
