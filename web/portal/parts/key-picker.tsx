/** Keys that the organization keeps, to be put on a server; a new one can be added on the spot. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { FieldError } from '../../../contract/ids.ts';
import { useMay } from '../../kit/lib/use-session.ts';
import { Button } from '../../kit/ui/button.tsx';
import { SomeOf } from '../../kit/ui/some-of.tsx';
import { sshKeysQuery } from '../queries.ts';
import { keyWords } from '../words/keys.ts';
import { AddKey } from './add-key.tsx';

interface KeyPickerProps {
  legend: string;
  help?: string;
  chosen: readonly string[];
  onChange: (ids: readonly string[]) => void;
  error?: FieldError | null;
}

/** Nothing for those who may not see them: they paste. */
export function KeyPicker({ legend, help, chosen, onChange, error }: KeyPickerProps) {
  const t = keyWords.use();
  const [adding, setAdding] = useState(false);
  const may = useMay();
  const keys = useQuery({ ...sshKeysQuery, enabled: may('ssh-key:read') }).data;
  if (!keys) return null;
  return (
    <div className="flex flex-col gap-3">
      <SomeOf legend={legend} options={keys} chosen={chosen} onChange={onChange} help={help} error={error} />
      {adding ? (
        <div className="rounded-md border border-line p-4">
          <AddKey
            onAdded={({ id }) => {
              setAdding(false);
              onChange([...chosen, id]);
            }}
          />
        </div>
      ) : (
        may('ssh-key:write') && (
          <Button variant="ghost" icon="plus" className="self-start" onClick={() => setAdding(true)}>
            {t('addNew')}
          </Button>
        )
      )}
    </div>
  );
}
