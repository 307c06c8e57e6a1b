/** From nothing to a paid order on one page: what, where, with what, and at once what it costs. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { preferredImage } from '../../../contract/release.ts';
import { formatLocale } from '../../kit/i18n/language.ts';
import { fieldError } from '../../kit/api/problem.ts';
import { SetupFields, useSetupMissing } from '../../features/vps/setup-fields.tsx';
import { KEEP_SETUP, newestOf } from '../../features/vps/setup-form.ts';
import { useMay } from '../../kit/lib/use-session.ts';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Empty } from '../../kit/ui/empty.tsx';
import { TextArea, TextField } from '../../kit/ui/field.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { useQueryText } from '../link.tsx';
import { areKeys, type Chosen, freeLabel, type Interval, pricesOf, quoteBody } from '../parts/order-form.ts';
import { FromSnapshot } from '../parts/from-snapshot.tsx';
import { KeyPicker } from '../parts/key-picker.tsx';
import { OrderSummary } from '../parts/order-summary.tsx';
import { Page } from '../parts/page.tsx';
import { SystemPick } from '../parts/system-pick.tsx';
import { Pick, ProductPick } from '../parts/product-pick.tsx';
import { useQuote } from '../parts/use-quote.ts';
import { choicesQuery, type Product, productsQuery, profileQuery, serversQuery } from '../queries.ts';
import { keyWords } from '../words/keys.ts';
import { orderWords } from '../words/order.ts';

const NONE: Chosen = {
  productId: '',
  interval: 'month',
  region: '',
  image: '',
  snapshot: '',
  setup: KEEP_SETUP,
  label: '',
  key: '',
  keyIds: [],
  coupon: '',
};

export function OrderPage() {
  const t = orderWords.use();
  const products = useQuery(productsQuery);
  const currency = useQuery({ ...profileQuery, enabled: useMay()('invoice:read') }).data?.currency;
  const sold = useMemo(
    () => products.data?.filter((each) => pricesOf(each, currency, new Date()).length > 0) ?? [],
    [products.data, currency],
  );
  return (
    <Page title={t('title')} lead={t('lead')}>
      {products.error && <ProblemNote error={products.error} retry={() => void products.refetch()} />}
      {products.isLoading && <Loading what={t('products')} />}
      {products.data && sold.length === 0 && (
        <Empty icon="server" title={t('nothingSold')}>
          {t('nothingSoldWhy')}
        </Empty>
      )}
      {sold.length > 0 && <Form products={sold} currency={currency} />}
    </Page>
  );
}

function Form({ products, currency }: { products: readonly Product[]; currency: string | undefined }) {
  const t = orderWords.use();
  const wanted = useQueryText('product');
  const [server = '', snapshot = ''] = [useQueryText('server'), useQueryText('snapshot')];
  const taken = useQuery(serversQuery).data;
  const [chosen, set] = useState<Chosen>(() => {
    const first =
      products.find(({ id }) => id === wanted) ??
      products.find((each) => each.recommended && each.available) ??
      products.find((each) => each.available);
    return { ...NONE, productId: first?.id ?? '', snapshot };
  });
  const change = (part: Partial<Chosen>): void => set((now) => ({ ...now, ...part }));
  useEffect(() => {
    if (taken && chosen.label === '') change({ label: freeLabel(new Set(taken.map(({ label }) => label))) });
  }, [taken, chosen.label]);
  const product = products.find(({ id }) => id === chosen.productId);
  const prices = product ? pricesOf(product, currency, new Date()) : [];
  const interval = prices.some((each) => each.interval === chosen.interval) ? chosen.interval : (prices[0]?.interval ?? 'month');
  const settled = useImages({ ...chosen, interval }, change);
  const offered = useQuery(choicesQuery(chosen.productId)).data?.setup_profiles ?? [];
  const lacks = useSetupMissing(settled.setup, newestOf({ profiles: offered }));
  const quote = useQuote(lacks === null ? quoteBody(settled) : null);
  return (
    <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="flex flex-col gap-5">
        <Card title={t('size')}>
          <ProductPick
            products={products}
            currency={currency}
            interval={interval}
            chosen={chosen.productId}
            onChoose={(productId) => change({ productId, region: '', image: '', setup: KEEP_SETUP })}
          />
          {prices.length > 1 && (
            <div className="mt-4">
              <Pick
                name="interval"
                legend={t('interval')}
                value={interval}
                options={prices.map((each) => [each.interval, t('intervalOf', { interval: each.interval })] as const)}
                onChange={(next) => change({ interval: next as Interval })}
              />
            </div>
          )}
        </Card>
        <Choices chosen={settled} server={server} onChange={change} error={quote.error} />
        <Access chosen={chosen} onChange={change} error={quote.error} />
      </div>
      <OrderSummary
        chosen={settled}
        quote={quote}
        lacks={lacks}
        isManual={product?.module === 'manual'}
        meters={product?.meters ?? []}
        onCoupon={(coupon) => change({ coupon })}
      />
    </div>
  );
}

function Access({ chosen, onChange, error }: { chosen: Chosen; onChange: (part: Partial<Chosen>) => void; error: unknown }) {
  const t = orderWords.use();
  const k = keyWords.use();
  return (
    <Card title={t('access')}>
      <div className="flex flex-col gap-4">
        <TextField
          label={t('label')}
          value={chosen.label}
          maxLength={60}
          spellCheck={false}
          autoCapitalize="none"
          onChange={(event) => onChange({ label: event.target.value })}
          help={t('labelHelp')}
          error={fieldError(error, 'label') ?? fieldError(error, 'items.0.label')}
        />
        <KeyPicker
          legend={k('pick')}
          chosen={chosen.keyIds}
          onChange={(keyIds) => onChange({ keyIds })}
          error={fieldError(error, 'items.0.ssh_key_ids')}
        />
        <TextArea
          label={t('key')}
          value={chosen.key}
          rows={3}
          spellCheck={false}
          className="font-mono text-xs"
          placeholder="ssh-ed25519 AAAA… you@laptop"
          onChange={(event) => onChange({ key: event.target.value })}
          help={t('keyHelp')}
          error={areKeys(chosen.key) ? fieldError(error, 'items.0.ssh_keys') : { rule: t('keyWrong'), remedy: '' }}
        />
      </div>
    </Card>
  );
}

/** The image that suits most, until another is chosen. */
function useImages(chosen: Chosen, change: (part: Partial<Chosen>) => void): Chosen {
  const images = useQuery(choicesQuery(chosen.productId)).data?.images;
  const best = images && preferredImage(images)?.id;
  useEffect(() => {
    if (chosen.image === '' && best !== undefined) change({ image: best });
  });
  return chosen;
}

interface ChoicesProps {
  chosen: Chosen;
  /** Of the snapshot that is chosen. */
  server: string;
  onChange: (part: Partial<Chosen>) => void;
  error: unknown;
}

function Choices({ chosen, server, onChange, error }: ChoicesProps) {
  const t = orderWords.use();
  const { data } = useQuery(choicesQuery(chosen.productId));
  const regions = data?.regions ?? [];
  const images = data?.images ?? [];
  return (
    <>
      {regions.length > 0 && (
        <Card title={t('where')}>
          <Pick
            name="region"
            legend={t('where')}
            hideLegend
            value={chosen.region}
            options={[['', t('anywhere')] as const, ...regions.map(({ id, name, country }) => [id, placeName(name, country)] as const)]}
            onChange={(region) => onChange({ region })}
          />
        </Card>
      )}
      {chosen.snapshot !== '' && (
        <FromSnapshot server={server} snapshot={chosen.snapshot} error={error} onDrop={() => onChange({ snapshot: '' })} />
      )}
      {chosen.snapshot === '' && images.length > 0 && (
        <Card title={t('system')}>
          <SystemPick images={images} value={chosen.image} onChange={(image) => onChange({ image })} />
          <SetUp chosen={chosen} onChange={onChange} error={error} />
        </Card>
      )}
    </>
  );
}

/** What the chosen system is set up with, where the product offers something and the system is of the kind for it. */
function SetUp({ chosen, onChange, error }: Omit<ChoicesProps, 'server'>) {
  const { data } = useQuery(choicesQuery(chosen.productId));
  const isWindows = data?.images.find(({ id }) => id === chosen.image)?.family === 'windows';
  const offered = data ? newestOf({ profiles: data.setup_profiles }) : [];
  useEffect(() => {
    if (isWindows && chosen.setup !== KEEP_SETUP) onChange({ setup: KEEP_SETUP });
  });
  if (offered.length === 0 || isWindows) return null;
  return (
    <div className="mt-4 max-w-md">
      <SetupFields offered={offered} present="new" form={chosen.setup} onChange={(setup) => onChange({ setup })} problem={error} />
    </div>
  );
}

/** "Falkenstein, Germany": in the language of the pages. */
function placeName(name: string, country: string | null): string {
  if (country === null || !/^[A-Z]{2}$/.test(country)) return name;
  return `${name}, ${new Intl.DisplayNames(formatLocale(), { type: 'region' }).of(country) ?? country}`;
}
