/** A provider's bill of one month by hand: where its API tells none, and to correct one. */
import { useState } from 'react';
import { api, type Routes } from '../../kit/api/client.ts';
import { asApiError } from '../../kit/api/problem.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { Button, IconButton } from '../../kit/ui/button.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { SelectField, TextField } from '../../kit/ui/field.tsx';

export type ProviderBill = Routes['listProviderBills']['answer']['bills'][number];

interface Line {
  /** By it the service knows the line again. */
  readonly id: string;
  readonly object: string;
  readonly description: string;
  readonly amount: string;
  readonly currency: string;
}

const newLine = (part: Partial<Line>): Line => ({
  id: `by hand ${crypto.randomUUID()}`,
  object: '',
  description: '',
  amount: '',
  currency: 'USD',
  ...part,
});
const fieldsOf = (line: ProviderBill['lines'][number]): Partial<Line> => ({
  ...(line.external_id !== null && { id: line.external_id }),
  object: line.object_id ?? '',
  description: line.description,
  amount: line.amount,
  currency: line.currency,
});
const lineProblem = ({ amount, currency }: Line): string | null =>
  !/^-?\d+(\.\d+)?$/.test(amount) ? 'an amount such as 12.50' : /^[A-Z]{3}$/.test(currency) ? null : 'a currency such as USD';

/** Begins with the lines that were brought in; where there are none, the estimate can be taken over. */
export function BillDialog({ bill, onClose }: { bill: ProviderBill; onClose: () => void }) {
  const isBill = bill.source === 'bill';
  const [lines, setLines] = useState<readonly Line[]>(() => (isBill ? bill.lines : []).map((each) => newLine(fieldsOf(each))));
  const change = (id: string, part: Partial<Line>): void =>
    setLines((all) => all.map((each) => (each.id === id ? { ...each, ...part } : each)));
  const add = (part: Partial<Line>): void =>
    setLines((all) => [...all, newLine({ currency: all.at(-1)?.currency ?? bill.totals[0]?.currency ?? 'USD', ...part })]);
  const save = useAction(
    () =>
      api.importProviderBill({
        body: {
          account_id: bill.account_id,
          month: bill.month,
          whole: true,
          lines: lines.map(({ id, object, ...line }) => ({ external_id: id, object_id: object === '' ? null : object, ...line })),
        },
      }),
    { quiet: true, done: onClose },
  );
  const wrong = lines.findIndex((each) => lineProblem(each) !== null);
  const hold =
    wrong >= 0 ? `Line ${wrong + 1} needs ${lineProblem(lines[wrong]!)}.` : lines.length === 0 && !isBill ? 'Add a line first.' : null;
  const refused = new Map(save.error ? asApiError(save.error).errors.map((each) => [each.field, each]) : []);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      shape="wide"
      title={`Bill of ${bill.account_name}, ${bill.month}`}
      description="As the provider wrote it. It takes the place of the estimate in the reports; without lines the estimate counts again."
    >
      <DialogForm
        error={save.error}
        fields={lines.map((_, index) => `lines.${index}.amount`)}
        missing={hold}
        busy={save.isPending}
        action="Keep the bill"
        onCancel={onClose}
        onSubmit={() => save.mutate(undefined)}
      >
        <ul aria-label="Lines" className="flex flex-col gap-4">
          {lines.map((line, index) => (
            <li key={line.id}>
              <LineFields
                line={line}
                number={index + 1}
                objects={objectsOf(bill, line)}
                amountError={refused.get(`lines.${index}.amount`) ?? null}
                change={(part) => change(line.id, part)}
                remove={() => setLines((all) => all.filter(({ id }) => id !== line.id))}
              />
            </li>
          ))}
        </ul>
        <div className="flex flex-wrap gap-2">
          <Button icon="plus" onClick={() => add({})}>
            Another line
          </Button>
          {!isBill && lines.length === 0 && bill.lines.length > 0 && (
            <Button onClick={() => setLines(bill.lines.map((each) => newLine(fieldsOf(each))))}>Begin with the estimate</Button>
          )}
        </div>
      </DialogForm>
    </Dialog>
  );
}

/** What a line can be for: what Plinth knows there, and what the line names already. */
function objectsOf({ lines }: ProviderBill, { object }: Line): readonly { value: string; label: string }[] {
  const known = new Map(lines.flatMap((each) => (each.object_id === null ? [] : [[each.object_id, each.description || each.object_id]])));
  if (object !== '' && !known.has(object)) known.set(object, object);
  return [{ value: '', label: 'Something else' }, ...[...known].map(([value, label]) => ({ value, label }))];
}

interface LineProps {
  line: Line;
  number: number;
  objects: readonly { value: string; label: string }[];
  amountError: { field: string; rule: string; remedy: string } | null;
  change: (part: Partial<Line>) => void;
  remove: () => void;
}

function LineFields({ line, number, objects, amountError, change, remove }: LineProps) {
  return (
    <fieldset className="grid grid-cols-1 gap-3 rounded-md border border-line p-3 sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_7rem_5rem_auto]">
      <legend className="sr-only">Line {number}</legend>
      <SelectField label="For" value={line.object} options={objects} onChange={(event) => change({ object: event.target.value })} />
      <TextField
        label="What it says"
        value={line.description}
        maxLength={500}
        onChange={(event) => change({ description: event.target.value })}
      />
      <TextField
        label="Amount"
        inputMode="decimal"
        value={line.amount}
        onChange={(event) => change({ amount: event.target.value.trim() })}
        error={amountError}
      />
      <TextField
        label="Currency"
        value={line.currency}
        maxLength={3}
        onChange={(event) => change({ currency: event.target.value.toUpperCase() })}
      />
      <IconButton icon="trash" label={`Remove line ${number}`} className="self-start sm:mt-6" onClick={remove} />
    </fieldset>
  );
}
