import type { FieldError } from '../../../contract/ids.ts';
import { Checkbox } from './field.tsx';

interface SomeOfProps {
  legend: string;
  options: readonly { readonly id: string; readonly name: string }[];
  chosen: readonly string[];
  onChange: (ids: readonly string[]) => void;
  help?: string | undefined;
  /** Said also where nothing is left to choose from. */
  error?: FieldError | null | undefined;
}

/** Any number of things from a list that may be long. */
export function SomeOf({ legend, options, chosen, onChange, help, error }: SomeOfProps) {
  return (
    <>
      {options.length > 0 && (
        <fieldset className="flex max-h-40 flex-col gap-1.5 overflow-y-auto">
          <legend className="mb-1 font-medium">{legend}</legend>
          {options.map(({ id, name }) => (
            <Checkbox
              key={id}
              label={name}
              checked={chosen.includes(id)}
              onChange={({ target }) => onChange(target.checked ? [...chosen, id] : chosen.filter((each) => each !== id))}
            />
          ))}
        </fieldset>
      )}
      {options.length > 0 && help && <p className="text-xs text-ink-2">{help}</p>}
      {error && (
        <p role="alert" className="text-sm text-bad">
          {error.rule}. {error.remedy}
        </p>
      )}
    </>
  );
}
