/** The trading desk's form: for whom, where it is best for which brokers, how large for which trading, and which Windows. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { fieldError } from '../../kit/api/problem.ts';
import { memory, money } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { SelectField, TextField } from '../../kit/ui/field.tsx';
import { toast } from '../../kit/ui/toast.tsx';
import { AsCode } from '../components/as-code.tsx';
import { askOlder } from '../lib/older-routes.ts';

type Id = string | number;
interface RecommendedPlan {
  readonly id: string;
  readonly name: string;
  readonly vcpus: number;
  readonly ram: number;
  readonly monthlyCost: number | null;
  readonly currency: string;
  readonly bestFor: string;
}
/** As `GET /api/vps/provision` answers. */
export interface DeskOverview {
  readonly configured: boolean;
  readonly provider: string;
  readonly recommendedPlans: Readonly<Record<string, RecommendedPlan>>;
  readonly recommendedRegions: Readonly<Record<string, { readonly id: string; readonly city: string; readonly bestFor: string }>>;
  readonly windowsOS: Readonly<Record<string, { readonly id: Id; readonly name: string }>>;
}
interface Provisioned {
  readonly message: string;
}
const PROVISION = '/api/vps/provision';
const CHOOSE = { value: '', label: 'Choose …' };

const planWords = ({ name, vcpus, ram, monthlyCost, currency, bestFor }: RecommendedPlan): string =>
  `${name}: ${vcpus} vCPU, ${memory(ram)}${monthlyCost === null ? '' : `, ${money(monthlyCost, currency)} a month`} (${bestFor})`;

/** The Windows versions; where there is no Windows, what the provider has. */
function useSystems(provider: string, overview: DeskOverview) {
  const windows = Object.entries(overview.windowsOS).map(([version, { id }]) => ({
    value: String(id),
    label: `Windows Server ${version}`,
  }));
  const others = useQuery({
    queryKey: ['trading-desk', provider, 'os'],
    queryFn: ({ signal }) =>
      askOlder<{ os: readonly { id: Id; name: string }[] }>('GET', `/api/vps/provision?action=os&provider=${provider}`, { signal }),
    enabled: windows.length === 0,
  });
  const systems = windows.length > 0 ? windows : (others.data?.os ?? []).map((each) => ({ value: String(each.id), label: each.name }));
  return { windows: windows.length > 0, systems };
}

interface ProvisionDialogProps {
  provider: string;
  name: string;
  overview: DeskOverview;
  onClose: () => void;
}

export function ProvisionDialog({ provider, name, overview, onClose }: ProvisionDialogProps) {
  const [account, setAccount] = useState('');
  const [label, setLabel] = useState('');
  const [region, setRegion] = useState('');
  const [plan, setPlan] = useState('');
  const [os, setOs] = useState('');
  const { windows, systems } = useSystems(provider, overview);
  const body = { mt5_account_id: account.trim(), vps_name: label.trim(), region, plan, os_id: os, provider };
  const order = useAction(() => askOlder<Provisioned>('POST', PROVISION, { body }), {
    quiet: true,
    done: ({ message }) => (toast(message), onClose()),
  });
  const missing =
    account.trim() === ''
      ? 'Type the trading account first.'
      : region === '' || plan === '' || os === ''
        ? 'Choose region, plan and system first.'
        : null;
  return (
    <Dialog open onOpenChange={onClose} title={`Auto-Provision (${name})`} description="The server is bought when you send this.">
      <DialogForm
        error={order.error}
        fields={['mt5_account_id', 'vps_name', 'region', 'plan', 'os_id']}
        missing={missing}
        busy={order.isPending}
        action="Provision it"
        code={<AsCode request={{ method: 'POST', path: PROVISION, body }} />}
        onCancel={onClose}
        onSubmit={() => order.mutate(undefined)}
      >
        <TextField
          label="Trading account"
          value={account}
          onChange={(event) => setAccount(event.target.value)}
          error={fieldError(order.error, 'mt5_account_id')}
        />
        <TextField
          label="Name"
          help="Empty: made of the trading account."
          value={label}
          onChange={(event) => setLabel(event.target.value)}
          error={fieldError(order.error, 'vps_name')}
        />
        <SelectField
          label="Region"
          value={region}
          options={[
            CHOOSE,
            ...Object.values(overview.recommendedRegions).map(({ id, city, bestFor }) => ({ value: id, label: `${city} (${bestFor})` })),
          ]}
          onChange={(event) => setRegion(event.target.value)}
          error={fieldError(order.error, 'region')}
        />
        <SelectField
          label="Plan"
          value={plan}
          options={[CHOOSE, ...Object.values(overview.recommendedPlans).map((each) => ({ value: each.id, label: planWords(each) }))]}
          onChange={(event) => setPlan(event.target.value)}
          error={fieldError(order.error, 'plan')}
        />
        <SelectField
          label={windows ? 'Windows version' : 'System'}
          value={os}
          options={[CHOOSE, ...systems]}
          onChange={(event) => setOs(event.target.value)}
          error={fieldError(order.error, 'os_id')}
        />
      </DialogForm>
    </Dialog>
  );
}
