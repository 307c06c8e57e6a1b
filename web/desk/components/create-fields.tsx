/** The parts of the create form that carry rules of their own. */
import { useQueries, useQuery } from '@tanstack/react-query';
import { useDeferredValue } from 'react';
import { api, type AvailableProvider } from '../../kit/api/client.ts';
import type { FieldError } from '../../../contract/ids.ts';
import { backupsIn, type Plan, type Zone } from '../../kit/api/catalog.ts';
import { fieldError } from '../../kit/api/problem.ts';
import { accountsQuery, catalogQuery, organizationsQuery } from '../../kit/api/queries.ts';
import { money } from '../../kit/lib/format.ts';
import { keyLines } from '../lib/planned.ts';
import { dnsNameOf, labelProblem, type VpsForm } from '../lib/vps-form.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { SomeOf } from '../../kit/ui/some-of.tsx';
import { Checkbox, SelectField, TextArea, TextField } from '../../kit/ui/field.tsx';

interface PartProps {
  form: VpsForm;
  set: (change: Partial<VpsForm>) => void;
  problem: unknown;
}

/** Checks the shape as the contract says, and asks whether a living VPS has the name already. */
export function NameField({ form, set, problem }: PartProps) {
  const asked = useDeferredValue(form.label);
  const shape = form.label === '' ? null : labelProblem(form.label);
  const taken = useQuery({
    queryKey: ['label', asked],
    queryFn: async ({ signal }) =>
      (await api.listVpses({ query: { q: asked, limit: 200 }, signal })).instances.some((vps) => vps.label === asked),
    enabled: asked !== '' && labelProblem(asked) === null,
    staleTime: 5_000,
  });
  const error =
    fieldError(problem, 'label') ??
    (shape === null ? null : { rule: shape, remedy: '' }) ??
    (taken.data && asked === form.label
      ? { rule: `A living VPS is called “${form.label}” already`, remedy: 'Choose another name.' }
      : null);
  const free = form.label !== '' && taken.data === false && error === null;
  return (
    <TextField
      label="Name"
      value={form.label}
      maxLength={63}
      autoComplete="off"
      spellCheck={false}
      placeholder="web-1"
      onChange={(event) => set({ label: event.target.value.toLowerCase() })}
      error={error}
      help={<span role="status">{free ? `“${form.label}” is free.` : 'Letters a–z, digits and inner hyphens. Also the host name.'}</span>}
    />
  );
}

/** Whose it will be; nothing to choose while there is one organization. */
export function OwnerField({ form, set, problem }: PartProps) {
  const organizations = useQuery(organizationsQuery).data ?? [];
  if (organizations.length < 2) return null;
  return (
    <SelectField
      label="For"
      value={form.organization}
      options={[{ value: '', label: 'The default organization' }, ...organizations.map(({ id, name }) => ({ value: id, label: name }))]}
      onChange={(event) => set({ organization: event.target.value, keyIds: [] })}
      error={fieldError(problem, 'organization_id')}
      help="The customer. It can be given to another one later."
    />
  );
}

export function KeysField({ form, set, problem, windows }: PartProps & { windows: boolean }) {
  const count = keyLines(form.keys).length;
  const privateKey = form.keys.includes('PRIVATE KEY');
  if (windows) return <p className="text-ink-2">Windows images take no SSH keys; sign in with the password.</p>;
  return (
    <>
      <KeptKeys form={form} set={set} problem={problem} />
      <TextArea
        label="SSH public keys"
        value={form.keys}
        spellCheck={false}
        placeholder="ssh-ed25519 AAAA… name@computer"
        onChange={(event) => set({ keys: event.target.value })}
        className="font-mono text-xs"
        error={
          privateKey
            ? { rule: 'This is a private key', remedy: 'Keep it to yourself; paste the line of the .pub file.' }
            : fieldError(problem, 'ssh_keys')
        }
        help={
          count === 0
            ? 'One per line, as in ~/.ssh/id_ed25519.pub. Without one, sign in with the password.'
            : `${count} ${count === 1 ? 'key' : 'keys'}.`
        }
      />
    </>
  );
}

/** Those that the owner-to-be keeps; nothing where there are none. */
function KeptKeys({ form, set, problem }: PartProps) {
  const own = useSession()?.organization_id;
  const organizations = useQuery({ ...organizationsQuery, enabled: own === null }).data;
  const owner = own ?? (form.organization || organizations?.find(({ name }) => name === 'default')?.id);
  const keys = useQuery({
    queryKey: ['ssh-keys', owner],
    queryFn: async ({ signal }) => (await api.listSshKeys({ query: { organization_id: owner as never }, signal })).ssh_keys,
    enabled: owner !== undefined,
    retry: false,
  }).data;
  return (
    <SomeOf
      legend="Kept SSH keys"
      options={keys ?? []}
      chosen={form.keyIds}
      onChange={(keyIds) => set({ keyIds })}
      error={fieldError(problem, 'ssh_key_ids')}
    />
  );
}

export function DnsFields({ form, set, problem, simulated, features }: PartProps & { simulated: boolean; features: Features }) {
  const noReverse = reasonOf(features, 'reverse_dns');
  const zones = useZones(simulated);
  const name = dnsNameOf(form);
  if (zones.length === 0)
    return <p className="text-ink-2">No DNS account has a zone that can be used here, so the VPS gets no name in the DNS.</p>;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <SelectField
        label="DNS zone"
        value={form.zone}
        onChange={(event) => set({ zone: event.target.value, ...(event.target.value === '' ? { reverse: false } : {}) })}
        options={[{ value: '', label: 'No name in the DNS' }, ...zones.map((zone) => ({ value: zone, label: zone }))]}
        error={fieldError(problem, 'dns.zone')}
      />
      {form.zone !== '' && (
        <TextField
          label="Name in the zone"
          value={form.dnsLabel}
          placeholder={form.label || 'as the VPS'}
          spellCheck={false}
          onChange={(event) => set({ dnsLabel: event.target.value.toLowerCase() })}
          error={fieldError(problem, 'dns.name')}
          help={`Becomes ${name}.`}
        />
      )}
      {form.zone !== '' && (
        <Checkbox
          className="sm:col-span-2"
          label="Reverse DNS: the addresses lead back to the name"
          checked={form.reverse && noReverse === null}
          disabled={noReverse !== null}
          onChange={(event) => set({ reverse: event.target.checked })}
          help={<Refusal of={fieldError(problem, 'dns.reverse')} else={noReverse ?? 'Receivers of e-mail want it.'} />}
        />
      )}
    </div>
  );
}

/** Active zones of the DNS accounts that may go with the account: a real name never points at a simulated server. */
function useZones(simulated: boolean): string[] {
  const accounts = useQuery(accountsQuery).data;
  const dns = accounts?.providers.filter(
    (account) => account.simulated === simulated && accounts.available.find(({ type }) => type === account.type)?.roles.includes('dns'),
  );
  const answers = useQueries({ queries: (dns ?? []).map(({ id }) => catalogQuery<Zone>('zones', id)) });
  return [
    ...new Set(answers.flatMap((answer) => answer.data?.items.filter((zone) => zone.status === 'active').map((zone) => zone.name) ?? [])),
  ];
}

/** What the chosen account's provider can do; null until that is known. */
type Features = AvailableProvider['features'] | null;

/** Why a feature cannot be ordered there, or null. */
const reasonOf = (features: Features, feature: keyof NonNullable<Features>): string | null => {
  const told = features?.[feature];
  return !told || told.allowed ? null : (told.reason ?? 'The provider does not offer this.');
};

interface SetupProps extends PartProps {
  windows: boolean;
  features: Features;
  plan: Plan | undefined;
}

export function SetupFields({ form, set, problem, windows, features, plan }: SetupProps) {
  const noFirewall = reasonOf(features, 'firewall');
  const noBackups = reasonOf(features, 'backups');
  const extra = plan && backupsIn(plan, form.region);
  const price = extra ? `${money(extra, plan.currency)} per month on top of the plan.` : 'Charged by the provider on top of the plan.';
  return (
    <div className="flex flex-col gap-4">
      <Checkbox
        label="Firewall: let only SSH, HTTP, HTTPS and ping in"
        checked={form.firewall && noFirewall === null}
        disabled={noFirewall !== null}
        onChange={(event) => set({ firewall: event.target.checked })}
        help={<Refusal of={fieldError(problem, 'firewall')} else={noFirewall ?? 'Other rules can be set when it is there.'} />}
      />
      <Checkbox
        label="Backups by the provider"
        checked={form.backups && noBackups === null}
        disabled={noBackups !== null}
        onChange={(event) => set({ backups: event.target.checked })}
        help={<Refusal of={fieldError(problem, 'backups')} else={noBackups ?? price} />}
      />
      {!windows && (
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label="Packages to install"
            placeholder="nginx git"
            spellCheck={false}
            value={form.packages}
            onChange={(event) => set({ packages: event.target.value })}
            error={fieldError(problem, 'cloud_init')}
            help="By the image’s own package manager, at the first start."
          />
          <TextField
            label="Time zone of the server"
            placeholder="Etc/UTC"
            spellCheck={false}
            value={form.timezone}
            onChange={(event) => set({ timezone: event.target.value })}
            error={fieldError(problem, 'cloud_init.timezone')}
          />
        </div>
      )}
      <TextField
        label="Your reference"
        value={form.reference}
        maxLength={200}
        onChange={(event) => set({ reference: event.target.value })}
        error={fieldError(problem, 'external_reference')}
        help="An order or customer number; unique, and found by the search."
      />
    </div>
  );
}

/** The server's refusal of a box, or what stands there otherwise. */
function Refusal({ of: refused, else: otherwise }: { of: FieldError | null; else: string }) {
  if (!refused) return otherwise;
  return (
    <span className="text-bad">
      {refused.rule}. {refused.remedy}
    </span>
  );
}
