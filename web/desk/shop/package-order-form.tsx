/** An exact package for a customer, by the older system's route: which memory, at which price. Paid for as every order is. */
import { useState } from 'react';
import { money } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { SelectField, TextField } from '../../kit/ui/field.tsx';
import { toast } from '../../kit/ui/toast.tsx';
import { AsCode } from '../components/as-code.tsx';
import { askOlder } from '../lib/older-routes.ts';

/** As `GET /api/smartvps/stock` answers, of one package. */
export interface Package {
  readonly _id: string;
  readonly name: string;
  readonly available: boolean;
  readonly lastSeen: string | null;
  readonly defaultConfigurations: Readonly<
    Record<
      string,
      {
        readonly packagePid: string;
        readonly availableQty: number;
        readonly byMemory: Readonly<Record<string, { readonly price: number | null; readonly currency: string }>>;
      }
    >
  >;
}
interface Ordered {
  readonly id: number;
  readonly total: number;
  readonly currency: string;
}

const ORDERS = '/api/v1/orders';

export const memoriesOf = ({ defaultConfigurations }: Package) => Object.entries(Object.values(defaultConfigurations)[0]?.byMemory ?? {});

export function PackageOrderDialog({ entry, onClose }: { entry: Package; onClose: () => void }) {
  const [customer, setCustomer] = useState('');
  const [memory, setMemory] = useState('');
  const [hostname, setHostname] = useState('');
  const body = {
    customer_id: customer.trim(),
    items: [{ ipStockId: entry._id, productName: entry.name, memory, ...(hostname.trim() && { hostname: hostname.trim() }) }],
  };
  const order = useAction(() => askOlder<Ordered>('POST', ORDERS, { body }), {
    quiet: true,
    done: ({ id, total, currency }) => {
      toast(`Order ${id} of ${money(total, currency)} is placed. Its server is made when it is paid.`);
      onClose();
    },
  });
  // A size without a price cannot be sold.
  const sizes = memoriesOf(entry).filter(([, { price }]) => price !== null);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Order ${entry.name}`}
      description="For a customer, a month at a time. The package is looked up once more before it is bought."
    >
      <DialogForm
        error={order.error}
        fields={[]}
        missing={customer.trim() === '' ? 'Say whose it is first.' : memory === '' ? 'Choose the memory first.' : null}
        busy={order.isPending}
        action="Order it"
        code={<AsCode request={{ method: 'POST', path: ORDERS, body }} />}
        onCancel={onClose}
        onSubmit={() => order.mutate(undefined)}
      >
        <TextField
          label="Customer"
          help="Their organization’s id, or their id in the older system."
          value={customer}
          onChange={(event) => setCustomer(event.target.value)}
        />
        <SelectField
          label="Memory"
          value={memory}
          options={[
            { value: '', label: 'Choose …' },
            ...sizes.map(([size, { price, currency }]) => ({ value: size, label: `${size}, ${money(price!, currency)} a month` })),
          ]}
          onChange={(event) => setMemory(event.target.value)}
        />
        <TextField label="Host name" help="Empty: made by itself." value={hostname} onChange={(event) => setHostname(event.target.value)} />
      </DialogForm>
    </Dialog>
  );
}
