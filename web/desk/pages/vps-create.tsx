import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useEffect, useMemo, useRef, useState } from 'react';
import { api, type Account, type AvailableProvider } from '../../kit/api/client.ts';
import { preferredImage } from '../../../contract/release.ts';
import { useSupportNote } from '../../features/vps/support-note.ts';
import { type Image, imageProblem, type Plan, planProblem, priceIn, type Region } from '../../kit/api/catalog.ts';
import { asApiError, fieldError } from '../../kit/api/problem.ts';
import { accountsQuery, catalogQuery } from '../../kit/api/queries.ts';
import { AsCode } from '../components/as-code.tsx';
import { asCommand, asProgram, requestOf } from '../lib/as-code.ts';
import { type Source, SourceNote, useSource } from '../components/create-source.tsx';
import { CreateSummary } from '../components/create-summary.tsx';
import { DnsFields, KeysField, NameField, OwnerField, SetupFields } from '../components/create-fields.tsx';
import { PlanChoice } from '../components/plan-choice.tsx';
import { Crumb } from '../components/crumb.tsx';
import { Page } from '../../kit/parts/page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { buttonClass } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Empty } from '../../kit/ui/empty.tsx';
import { SelectField } from '../../kit/ui/field.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { pageProblem, rightProblem } from '../lib/abilities.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { bodyOf, EMPTY_FORM, missing, type VpsForm } from '../lib/vps-form.ts';
import { sentenceCase } from '../../kit/lib/words.ts';

/** What another provider may not have. */
const UNSURE = { firewall: false, backups: false, reverse: false } as const;

export function VpsCreatePage() {
  const session = useSession();
  const accounts = useQuery({ ...accountsQuery, enabled: session !== undefined && pageProblem(session, '/vps/new') === null });
  const compute = useMemo(() => {
    const roles = new Map(accounts.data?.available.map((each) => [each.type, each.roles]));
    return accounts.data?.providers.filter(({ type }) => roles.get(type)?.includes('compute'));
  }, [accounts.data]);
  const blocked = session && pageProblem(session, '/vps/new');
  const search = useSearch({ from: '/app/vps/new' });
  const asked = useSource(search.vps, search.snapshot);
  return (
    <Page title="Create a VPS" above={<Crumb to="/vps" />} lead="Choose on the left; the right shows what will be made and what it costs.">
      {blocked && (
        <Empty icon="key" title="This token cannot order a VPS here">
          {blocked} {rightProblem(session, 'vps:create') === null && 'Use a token of the operator, or POST /api/vps with a provider_id.'}
        </Empty>
      )}
      {accounts.error && <ProblemNote error={accounts.error} retry={() => void accounts.refetch()} />}
      {!blocked && !accounts.error && !compute && <Loading what="accounts" />}
      {compute?.length === 0 && (
        <Empty
          icon="key"
          title="First connect a provider"
          action={
            <Link to="/admin" hash="providers" className={buttonClass('primary')}>
              Add an account
            </Link>
          }
        >
          A VPS is bought at a provider with the key of an account. Add one; Plinth tries the key before it keeps it.
        </Empty>
      )}
      {asked.error ? <ProblemNote error={asked.error} retry={asked.retry} /> : null}
      {accounts.data && compute && compute.length > 0 && asked.source !== undefined && (
        <CreateForm accounts={compute} available={accounts.data.available} begins={asked.source} />
      )}
    </Page>
  );
}

/** Plans, regions and images of the chosen account, and the chosen ones among them. `leastGb`: the disk that they need. */
function useCatalog(form: VpsForm, leastGb: number) {
  const regions = useQuery(catalogQuery<Region>('regions', form.account));
  const plans = useQuery(catalogQuery<Plan>('plans', form.account));
  const images = useQuery(catalogQuery<Image>('images', form.account));
  return {
    regions: regions.data?.items,
    plans: useMemo(() => plans.data?.items.filter(({ diskGb }) => diskGb >= leastGb), [plans.data, leastGb]),
    images: images.data?.items,
    plan: plans.data?.items.find(({ id }) => id === form.plan),
    image: images.data?.items.find(({ id }) => id === form.image),
    error: regions.error ?? plans.error ?? images.error,
    retry: () => void Promise.all([regions.refetch(), plans.refetch(), images.refetch()]),
  };
}

interface FormProps {
  accounts: readonly Account[];
  available: readonly AvailableProvider[];
  /** null: with an image. */
  begins: Source | null;
}

function CreateForm({ accounts, available, begins }: FormProps) {
  const { account: asked, plan = '', region = '', image = '' } = useSearch({ from: '/app/vps/new' });
  const navigate = useNavigate();
  const session = useSession();
  const [form, setForm] = useState<VpsForm>(() => ({
    ...EMPTY_FORM,
    account: accounts.find(({ id }) => id === (begins?.vps.provider_id ?? asked))?.id ?? accounts[0]!.id,
    ...(begins
      ? { snapshot: begins.snapshot.id, organization: begins.vps.organization_id, region: begins.vps.region, plan: begins.vps.plan }
      : { plan, region, image }),
  }));
  const source = form.snapshot === '' ? null : begins;
  // One key per filled-in form: a second click or a repeated request after a lost answer makes one VPS, not two.
  const key = useRef(crypto.randomUUID());
  const create = useAction((body: ReturnType<typeof bodyOf>) => api.createVps({ body, idempotencyKey: key.current }), {
    quiet: true,
    done: ({ instance, operation }) => void navigate({ to: '/vps/$id', params: { id: instance.id }, search: { operation: operation.id } }),
  });
  const set = (change: Partial<VpsForm>): void => {
    key.current = crypto.randomUUID();
    setForm((old) => ({ ...old, ...change }));
  };
  const catalog = useCatalog(form, source?.snapshot.min_disk_gb ?? 0);
  useFittingChoice(form, set, catalog);
  const mayNot = rightProblem(session, 'vps:create');
  const account = accounts.find(({ id }) => id === form.account);
  const features = available.find(({ type }) => type === account?.type)?.features ?? null;
  const windows = catalog.image?.family === 'windows';
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (missing(form) === null && mayNot === null && !create.isPending) create.mutate(bodyOf(form, windows));
  };
  const problem = create.error ? asApiError(create.error) : null;
  const box = useFocusOnRefusal(create.error);
  return (
    <form ref={box} onSubmit={submit} noValidate className="grid grid-cols-1 items-start gap-5 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="flex min-w-0 flex-col gap-5">
        <WhereAndWhat accounts={accounts} form={form} set={set} catalog={catalog} problem={problem} source={source} />
        <Card title="Name and access">
          <div className="flex flex-col gap-4">
            <NameField form={form} set={set} problem={problem} />
            <OwnerField form={form} set={set} problem={problem} />
            <KeysField form={form} set={set} problem={problem} windows={windows} />
            <DnsFields form={form} set={set} problem={problem} simulated={account?.simulated ?? false} features={features} />
          </div>
        </Card>
        <Card title="Set-up">
          <SetupFields form={form} set={set} problem={problem} windows={windows} features={features} plan={catalog.plan} />
        </Card>
      </div>
      <CreateSummary
        form={form}
        plan={catalog.plan}
        simulated={account?.simulated ?? false}
        mayNot={mayNot}
        busy={create.isPending}
        error={problem && problem.errors.length === 0 ? problem : null}
        code={missing(form) === null && <VpsAsCode body={bodyOf(form, windows)} />}
      />
    </form>
  );
}

function VpsAsCode({ body }: { body: ReturnType<typeof bodyOf> & { readonly label: string } }) {
  return <AsCode request={requestOf('createVps', body)} command={asCommand(body)} program={asProgram(body)} />;
}

interface WhereProps {
  accounts: readonly Account[];
  form: VpsForm;
  set: (change: Partial<VpsForm>) => void;
  catalog: ReturnType<typeof useCatalog>;
  problem: unknown;
  source: Source | null;
}

function WhereAndWhat({ accounts, form, set, catalog, problem, source }: WhereProps) {
  const { regions, plans, images } = catalog;
  return (
    <Card title="Where and what">
      <div className="flex flex-col gap-4">
        <SelectField
          label="Account"
          value={form.account}
          onChange={(event) => set({ account: event.target.value, region: '', plan: '', image: '', ...UNSURE })}
          // A snapshot is in its account and nowhere else.
          options={accounts
            .filter(({ id }) => source === null || id === form.account)
            .map((each) => ({
              value: each.id,
              label: each.status === 'refused' ? `${each.name} – its key is refused` : each.name,
            }))}
          error={fieldError(problem, 'provider_id')}
        />
        {catalog.error && <ProblemNote error={catalog.error} retry={catalog.retry} />}
        {!catalog.error && !(regions && plans && images) && <Loading what="regions, plans and images" />}
        {regions && plans && images && (
          <Choices form={form} set={set} catalog={{ regions, plans, images }} plan={catalog.plan} problem={problem} source={source} />
        )}
      </div>
    </Card>
  );
}

interface ChoicesProps {
  form: VpsForm;
  set: (change: Partial<VpsForm>) => void;
  catalog: { regions: Region[]; plans: Plan[]; images: Image[] };
  plan: Plan | undefined;
  problem: unknown;
  source: Source | null;
}

function Choices({ form, set, catalog, plan, problem, source }: ChoicesProps) {
  const planRefused = fieldError(problem, 'type');
  const images = catalog.images.filter((image) => !image.deprecated);
  const support = useSupportNote(images.find(({ id }) => id === form.image));
  return (
    <>
      <SelectField
        label="Region"
        value={form.region}
        onChange={(event) => set({ region: event.target.value })}
        options={catalog.regions.map((each) => ({
          value: each.id,
          label: `${each.name} (${each.id})${each.country ? `, ${each.country}` : ''}${each.available ? '' : ' – not available now'}`,
          disabled: !each.available,
        }))}
        error={fieldError(problem, 'region')}
      />
      <PlanChoice plans={catalog.plans} region={form.region} value={form.plan} onChange={(id) => set({ plan: id })} />
      {planRefused && (
        <p className="text-bad">
          {sentenceCase(planRefused.rule)}. {planRefused.remedy}
        </p>
      )}
      {source && <SourceNote source={source} problem={problem} onDrop={() => set({ snapshot: '' })} />}
      {!source && (
        <SelectField
          label="Image"
          value={form.image}
          onChange={(event) => set({ image: event.target.value })}
          options={images.map((each) => {
            const why = imageProblem(each, form.region, plan);
            return { value: each.id, label: why === null ? each.name : `${each.name} – ${why}`, disabled: why !== null };
          })}
          help={support}
          error={fieldError(problem, 'image')}
        />
      )}
    </>
  );
}

/** A refusal may be about a field that is out of sight: brings it there. */
function useFocusOnRefusal(error: unknown) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (error) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [error]);
  return form;
}

/** Keeps region, plan and image a combination that can be had, beginning with the cheapest. */
function useFittingChoice(form: VpsForm, set: (change: Partial<VpsForm>) => void, catalog: ReturnType<typeof useCatalog>): void {
  const { regions, plans, images, plan, image } = catalog;
  useEffect(() => {
    if (!regions || !plans || !images) return;
    const region =
      form.region !== ''
        ? form.region
        : (regions.find((each) => each.available && (plan ? [plan] : plans).some((one) => planProblem(one, each.id) === null))?.id ?? '');
    // An image that was asked for by the address looks for a plan that can hold it.
    const holds = (each: Plan): boolean => form.plan !== '' || !image || imageProblem(image, region, each) === null;
    const able = plans.filter((each) => planProblem(each, region) === null && each.memoryMb >= 1024 && holds(each));
    const cheapest = able.toSorted((a, b) => Number(priceIn(a, region)) - Number(priceIn(b, region)))[0];
    const fitting = plan && planProblem(plan, region) === null ? plan : cheapest;
    // A snapshot has its system already.
    if (form.snapshot !== '') {
      if (region !== form.region || (fitting?.id ?? '') !== form.plan) set({ region, plan: fitting?.id ?? '' });
      return;
    }
    const usable = image && imageProblem(image, region, fitting) === null;
    const other = usable ? image : preferredImage(images.filter((each) => imageProblem(each, region, fitting) === null));
    const next = { region, plan: fitting?.id ?? '', image: other?.id ?? '' };
    if (next.region !== form.region || next.plan !== form.plan || next.image !== form.image) set(next);
  }, [regions, plans, images, form.region, form.plan, form.image, form.snapshot]);
}
