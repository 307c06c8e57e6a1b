/** What a form holds, as a command of `plinth`; null where the command line cannot say just that. */
import type {
  AccountCreate,
  BulkCreate,
  CouponCreate,
  MaintenancePlan,
  ProductCreate,
  Routes,
  SetupPublish,
  TaxRateCreate,
} from '../../kit/api/generated/index.ts';
import { heredoc, type Secret, shellWord } from './as-code.ts';

/** Words and options, each in its place; null: what begins like an option would not be taken for a word. */
function line(
  words: readonly string[],
  options: readonly (readonly [name: string, value: string | true | undefined])[] = [],
): string | null {
  if (words.some((word) => word.startsWith('-') || word === '')) return null;
  const given = options.flatMap(([name, value]) =>
    value === undefined ? [] : [value === true ? `--${name}` : `--${name}${shellWord(`=${value}`)}`],
  );
  return ['plinth', ...words.map(shellWord), ...given].join(' ');
}

type PriceCreate = Routes['createProductPrice']['request']['body'];
type WorkChange = NonNullable<Routes['updateMaintenance']['request']['body']>;

const textOf = (number: number | null | undefined): string | undefined => (number == null ? undefined : String(number));

export function productCommand({
  name,
  description,
  visibility,
  module,
  kind = 'vps',
  features = [],
  setup_profiles: profiles = [],
  ...rest
}: ProductCreate): string | null {
  if (kind !== 'vps' || features.length > 0 || Object.keys(rest).length > 0) return null;
  return line(
    ['product', 'create', name],
    [
      ['description', description || undefined],
      ['visibility', visibility],
      ['manual', module === 'manual' || undefined],
      ...profiles.map((profile) => ['setup-profile', profile] as const),
    ],
  );
}

export function priceCommand(product: string, { amount, currency, interval, setup_fee: setup, ...rest }: PriceCreate): string | null {
  if (Object.keys(rest).length > 0) return null;
  return line(
    ['price', 'set', product, amount, currency],
    [
      ['interval', interval],
      ['setup-fee', setup],
    ],
  );
}

type Candidates = Routes['setProductCandidates']['request']['body'];

/** Null where a slash or a comma in a name would be taken for what parts them. */
export function placeCommand(product: string, { candidates }: Candidates): string | null {
  const parted = candidates.map(({ account_id: account, plan, regions = [], images = [] }) => {
    const plain = [plan, ...regions].every((each) => !/[/,]/.test(each)) && images.every((each) => !each.includes(','));
    return plain ? ([account, plan, regions.join(','), images.join(',')] as const) : null;
  });
  if (parted.includes(null)) return null;
  return line(
    ['product', 'place', product],
    parted.map((each) => ['at', each!.join('/').replace(/\/+$/, '')] as const),
  );
}

export const stockCommand = (product: string, total: number | null): string | null =>
  line(['stock', 'set', product, total === null ? 'unlimited' : String(total)]);

export function profileCommand({ name, template }: SetupPublish): string | null {
  const command = line(['setup-profile', 'publish', name, '/dev/stdin']);
  return command && `${command} <<'END'${heredoc(template)}`;
}

/** The key comes out of the environment, on standard input. */
export function accountCommand({ name, type, endpoint }: AccountCreate, secrets: readonly Secret[]): string | null {
  const command = line(
    ['account', 'add'],
    [
      ['provider', type],
      ['name', name],
      ['simulator', endpoint === 'simulator' || undefined],
    ],
  );
  const [only] = secrets;
  if (!only) return null;
  const several = secrets.map(({ at, variable }) => `${at.at(-1)}: $ENV.${variable}`).join(', ');
  return only.at.length === 1 ? `printf '%s' "$${only.variable}" | ${command}` : `jq -n '{ ${several} }' | ${command}`;
}

export function couponCommand({ code, percent, amount, currency, ...more }: CouponCreate): string | null {
  return line(
    ['coupon', 'create', code, ...(percent === undefined ? [amount ?? '', currency ?? ''] : [`${percent}%`])],
    [
      ['applies', more.applies],
      ['periods', more.periods === null ? 'all' : textOf(more.periods)],
      ['max', textOf(more.max_redemptions)],
      ['per-organization', textOf(more.per_organization)],
      ...(more.product_ids ?? []).map((id) => ['product', id] as const),
      ['until', more.valid_to ?? undefined],
      ['new-customers', more.new_customers_only || undefined],
    ],
  );
}

export function taxRateCommand({
  name,
  country,
  region,
  percent,
  valid_from: from,
  reverse_charge: reverse,
}: TaxRateCreate): string | null {
  if (region != null) return null;
  return line(
    ['tax-rate', 'add', country, percent, from],
    [
      ['name', name],
      ['reverse-charge', reverse === 'business_abroad' || undefined],
    ],
  );
}

export function plannedWorkCommand({
  title,
  text,
  starts_at: from,
  ends_at: until,
  account_id: account,
  regions,
  vps_ids: vpses,
}: MaintenancePlan) {
  return line(
    ['maintenance', 'plan', title],
    [
      ['text', text],
      ['from', from],
      ['until', until],
      ['account', account],
      ...(regions ?? []).map((region) => ['region', region] as const),
      ...(vpses ?? []).map((vps) => ['vps', vps] as const),
    ],
  );
}

export const changedWorkCommand = (id: string, { title, text, starts_at: from, ends_at: until }: WorkChange): string | null =>
  line(
    ['maintenance', 'change', id],
    [
      ['title', title],
      ['text', text],
      ['from', from],
      ['until', until],
    ],
  );

/** What each filter of a selection is called there; others it has not. */
const FILTERS: Readonly<Record<string, string>> = { status: 'status', provider: 'provider', region: 'region', tags: 'tagged', q: 'search' };
/** What each field of an action is called there. */
const FIELDS: Readonly<Record<string, string>> = {
  plan: 'plan',
  image: 'image',
  reason: 'reason',
  name: 'name',
  tags: 'tag',
  grace_hours: 'grace-hours',
  final_snapshot: 'final-snapshot',
};
/** Asks before it begins, and a script has nobody to answer. */
const ASKS: ReadonlySet<string> = new Set(['destroy', 'reinstall']);
type Option = readonly [name: string, value: string | true | undefined];

/** It makes a dry run of its own, and does exactly what that showed. */
export function bulkCommand({
  action: { action, ...fields },
  selection,
  include_maintenance: maintained,
  pace,
  note,
}: BulkCreate): string | null {
  const what = optionsOf(fields, FIELDS);
  const whom: readonly Option[] | null =
    'ids' in selection ? selection.ids.map((id) => ['vps', id] as const) : optionsOf(eachTag(selection.filter), FILTERS);
  if (what === null || whom === null) return null;
  const first = pace?.canary ?? null;
  return line(
    ['bulk', 'start', action],
    [
      ...what,
      ...whom,
      ['all', whom.length === 0 || undefined],
      ['include-maintenance', maintained || undefined],
      ['canary', textOf(first?.count)],
      ['canary-at-once', first?.at_once || undefined],
      ['soak', textOf(first?.soak_seconds)],
      ['parallel', textOf(pace?.max_parallel)],
      ['per-minute', textOf(pace?.max_per_minute)],
      ['max-failures', pace?.max_failures === undefined ? undefined : String(pace.max_failures)],
      ['note', note ?? undefined],
      ['yes', ASKS.has(action) || undefined],
    ],
  );
}

/** A selection has them in one text, a command each by itself. */
function eachTag<T extends { readonly tags?: string | undefined }>({ tags, ...filter }: T): object {
  return { ...filter, ...(tags === undefined ? {} : { tags: tags.split(',') }) };
}

/** null where one has no name there, or says that there is to be nothing. */
function optionsOf(fields: object, names: Readonly<Record<string, string>>): readonly Option[] | null {
  const made: Option[] = [];
  for (const [field, value] of Object.entries(fields) as [string, unknown][]) {
    const name = names[field];
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (name === undefined || values.length === 0) return null;
    for (const each of values) {
      if (each === false) continue;
      if (each !== true && typeof each !== 'string' && typeof each !== 'number') return null;
      made.push([name, each === true ? true : String(each)]);
    }
  }
  return made;
}
