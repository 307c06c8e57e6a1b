/** Which set-up profile a system that is written anew gets, with the profile's variables. */
import { fieldError } from '../../kit/api/problem.ts';
import { SelectField, TextField } from '../../kit/ui/field.tsx';
import {
  AS_NOW,
  askedFor,
  chosenVersion,
  isOwnName,
  missingVariable,
  NOTHING,
  type OfferedProfile,
  type PresentSetup,
  type SetupForm,
  withProfile,
} from './setup-form.ts';
import { setupWords } from './words/setup.ts';

interface SetupFieldsProps {
  offered: readonly OfferedProfile[];
  /** Of the one server that it is about; `many`: each has its own; `new`: it is not made yet. */
  present: PresentSetup | null | 'many' | 'new';
  form: SetupForm;
  onChange: (form: SetupForm) => void;
  /** What the server said of it. */
  problem?: unknown;
}

/** Nothing where there is nothing to choose. */
export function SetupFields({ offered, present, form, onChange, problem }: SetupFieldsProps) {
  const t = setupWords.use();
  const chosen = chosenVersion(form, offered);
  const versions = offered.find(({ name }) => name === form.profile)?.versions ?? [];
  const one = typeof present === 'string' ? null : present;
  const asNow =
    present === 'new' ? t('none') : present === 'many' ? t('asEach') : one ? t('asNow', { profile: one.profile }) : t('asNowNone');
  if (offered.length === 0) return null;
  return (
    <div className="flex flex-col gap-4">
      <SelectField
        label={t('setUp')}
        value={form.profile}
        options={[
          { value: AS_NOW, label: asNow },
          ...(present === null || present === 'new' ? [] : [{ value: NOTHING, label: t('none') }]),
          ...offered.map(({ name }) => ({ value: name, label: name })),
        ]}
        onChange={(event) => onChange(withProfile(event.target.value, offered, one))}
        help={chosen?.description}
        error={fieldError(problem, 'setup') ?? fieldError(problem, 'setup.profile')}
      />
      {versions.length > 1 && (
        <SelectField
          label={t('version')}
          value={form.version}
          options={[
            { value: '', label: t('newest', { n: versions[0]!.version }) },
            ...versions.slice(1).map(({ version }) => ({ value: String(version), label: String(version) })),
          ]}
          onChange={(event) => onChange({ ...form, version: event.target.value })}
          error={fieldError(problem, 'setup.version')}
        />
      )}
      {askedFor(chosen?.variables ?? []).map((each) => (
        <Variable
          key={each.name}
          variable={each}
          isOfMany={present === 'many'}
          value={form.values[each.name] ?? ''}
          onChange={(value) => onChange({ ...form, values: { ...form.values, [each.name]: value } })}
          error={fieldError(problem, `setup.values.${each.name}`)}
        />
      ))}
    </div>
  );
}

interface VariableProps {
  variable: ReturnType<typeof askedFor>[number];
  isOfMany: boolean;
  value: string;
  onChange: (value: string) => void;
  error: ReturnType<typeof fieldError>;
}

function Variable({ variable, isOfMany, value, onChange, error }: VariableProps) {
  const t = setupWords.use();
  const { name, type, description, default: fallback } = variable;
  const rule = type === 'word' || type === 'user' || type === 'hostname' || type === 'url' || type === 'number' ? t(type) : '';
  const hasDefault = fallback !== undefined && fallback !== '';
  const [alone, withDefault] = isOfMany
    ? [t('kept'), t('keptOr', { value: fallback ?? '' })]
    : ['', t('byDefault', { value: fallback ?? '' })];
  const empty = isOwnName(variable) ? t('ownName') : hasDefault ? withDefault : alone;
  return (
    <TextField
      label={description === '' ? name : description}
      value={value}
      maxLength={2_000}
      autoComplete="off"
      spellCheck={false}
      autoCapitalize="none"
      inputMode={type === 'number' ? 'numeric' : undefined}
      onChange={(event) => onChange(event.target.value)}
      help={[rule, empty].filter((text) => text !== '').join(' ') || undefined}
      error={error}
    />
  );
}

/** Why it cannot be sent yet, or null. */
export function useSetupMissing(form: SetupForm, offered: readonly OfferedProfile[]): string | null {
  const t = setupWords.use();
  const lacks = missingVariable(form, offered);
  return lacks && t('fillIn', { name: lacks.description === '' ? lacks.name : lacks.description });
}
