/** Which operating system a server gets: the system by its mark, then its version. */
import { SystemLogo } from '../../features/vps/system-logo.tsx';
import { systemsOf } from '../../features/vps/systems.ts';
import { useSupportNote } from '../../features/vps/support-note.ts';
import type { fieldError } from '../../kit/api/problem.ts';
import { SelectField } from '../../kit/ui/field.tsx';
import { orderWords } from '../words/order.ts';

interface Choice {
  readonly id: string;
  readonly name: string;
  readonly family: string;
}
interface SystemPickProps {
  images: readonly Choice[];
  value: string;
  onChange: (image: string) => void;
  error?: ReturnType<typeof fieldError>;
}

export function SystemPick({ images, value, onChange, error = null }: SystemPickProps) {
  const t = orderWords.use();
  const systems = systemsOf(images);
  const system = systems.find((each) => each.images.some(({ id }) => id === value));
  const support = useSupportNote(images.find(({ id }) => id === value));
  return (
    <div className="flex flex-col gap-3">
      <fieldset>
        <legend className="sr-only">{t('system')}</legend>
        <div className="grid grid-cols-[repeat(auto-fill,minmax(7.5rem,1fr))] gap-2">
          {systems.map((each) => (
            <label
              key={each.key}
              className="relative flex min-h-11 cursor-pointer flex-col items-center gap-1.5 rounded-md border border-line bg-surface px-2 py-3 text-center text-sm hover:border-line-strong has-checked:border-accent has-checked:bg-accent-soft has-checked:font-medium has-checked:text-accent has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
            >
              <input
                type="radio"
                name="system"
                value={each.key}
                checked={each === system}
                onChange={() => onChange(each.best.id)}
                className="sr-only"
              />
              <SystemLogo system={each.key} />
              {each.title}
            </label>
          ))}
        </div>
      </fieldset>
      {system && (
        <SelectField
          label={t('version')}
          value={value}
          options={system.images.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(event) => onChange(event.target.value)}
          help={support}
          error={error}
        />
      )}
    </div>
  );
}
