/** What the order comes to and what will be built, and the button that makes it so. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../kit/api/client.ts';
import { fieldError } from '../../kit/api/problem.ts';
import { AS_NOW } from '../../features/vps/setup-form.ts';
import { money } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Checkbox, TextField } from '../../kit/ui/field.tsx';
import { Icon } from '../../kit/ui/icon.tsx';
import { Spinner } from '../../kit/ui/spinner.tsx';
import { Link, useGo } from '../link.tsx';
import { methodsQuery, profileQuery, type Quote, termsQuery } from '../queries.ts';
import { orderWords } from '../words/order.ts';
import { payWords } from '../words/pay.ts';
import { areKeys, type Chosen } from './order-form.ts';
import { ChargedByUse, type Meters } from './meters.tsx';
import { methodName, toPaymentPage } from './pay.tsx';
import type { Quoted } from './use-quote.ts';

interface SummaryProps {
  chosen: Chosen;
  quote: Quoted;
  /** What has to be filled in before anything can be counted. */
  lacks: string | null;
  isManual: boolean;
  /** Of the chosen product. */
  meters: Meters;
  /** Empty: none any more. */
  onCoupon: (code: string) => void;
}

export function OrderSummary({ chosen, quote: { quote, error, isOld }, lacks, isManual, meters, onCoupon }: SummaryProps) {
  const t = orderWords.use();
  return (
    <div className="lg:sticky lg:top-20">
      <Card title={t('summary')}>
        <div className="flex flex-col gap-4" aria-busy={isOld}>
          {error !== null && couponError(error) === null && <ProblemNote error={error} />}
          {quote === null && error === null && (
            <p className="flex items-center gap-2 text-ink-2">
              {(lacks ?? chosen.productId === '') ? (
                (lacks ?? t('chooseFirst'))
              ) : (
                <>
                  <Spinner /> {t('counting')}
                </>
              )}
            </p>
          )}
          {quote && couponError(error) === null && <Lines quote={quote} />}
          {quote && <ChargedByUse meters={meters} currency={quote.currency} />}
          {chosen.productId !== '' && <Coupon code={chosen.coupon} error={couponError(error)} onChange={onCoupon} />}
          {quote && <Made quote={quote} isManual={isManual} hasKey={chosen.key.trim() !== ''} profile={chosen.setup.profile} />}
          <PlaceOrder chosen={chosen} quote={isOld ? null : quote} wrong={couponError(error) === null ? lacks : t('couponWrong')} />
        </div>
      </Card>
    </div>
  );
}

const couponError = (error: unknown) => fieldError(error, 'coupon');

/** What is typed counts when it is sent, so that half a code is not refused. */
function Coupon({ code, error, onChange }: { code: string; error: ReturnType<typeof couponError>; onChange: (code: string) => void }) {
  const t = orderWords.use();
  const [typed, type] = useState(code);
  return (
    <form
      className="flex items-start gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        onChange(typed.trim());
      }}
    >
      <div className="min-w-0 grow">
        <TextField
          label={t('coupon')}
          value={typed}
          maxLength={40}
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="characters"
          onChange={(event) => type(event.target.value)}
          error={error && typed.trim() === code ? { rule: t('couponWrong'), remedy: '' } : undefined}
        />
      </div>
      <Button type="submit" className="mt-7" disabledReason={typed.trim() === code ? t(code === '' ? 'couponFirst' : 'couponSame') : null}>
        {typed.trim() === '' && code !== '' ? t('couponRemove') : t('couponUse')}
      </Button>
    </form>
  );
}

function Lines({ quote }: { quote: Quote }) {
  const t = orderWords.use();
  const { currency } = quote;
  const row = 'flex items-baseline justify-between gap-3';
  const recurring = quote.lines.filter(({ kind }) => kind === 'recurring');
  return (
    <div className="flex flex-col gap-1.5" data-testid="quote">
      <dl className="flex flex-col gap-1.5">
        {quote.lines.map((line, index) => (
          <div key={`${index}`} className={row}>
            <dt>{line.kind === 'setup' ? t('setup') : line.kind === 'discount' ? t('discount') : line.name}</dt>
            <dd className="tabular-nums">{money(line.amount, currency)}</dd>
          </div>
        ))}
        {Number(quote.tax) > 0 && (
          <div className={`${row} text-ink-2`}>
            <dt>{t('tax')}</dt>
            <dd className="tabular-nums">{money(quote.tax, currency)}</dd>
          </div>
        )}
        <div className={`${row} mt-1 border-t border-line pt-2 text-lg font-semibold`}>
          <dt>{t('today')}</dt>
          <dd className="tabular-nums" data-testid="total">
            {money(quote.total, currency)}
          </dd>
        </div>
      </dl>
      {recurring.map((line, index) => (
        <p key={`${index}`} className="text-sm text-ink-2">
          {t(Number(quote.tax) > 0 && line.tax_behavior === 'exclusive' ? 'afterwardsTax' : 'afterwards', {
            amount: money(line.amount, currency),
            per: t('per', { interval: line.interval }),
          })}
        </p>
      ))}
    </div>
  );
}

const KINDS: readonly (readonly [pattern: RegExp, word: 'madePassword' | 'madeDns' | 'madeFirewall'])[] = [
  [/password/i, 'madePassword'],
  [/record/i, 'madeDns'],
  [/firewall/i, 'madeFirewall'],
];

/** In people's words: what the stack will have. */
function Made({ quote, isManual, hasKey, profile }: { quote: Quote; isManual: boolean; hasKey: boolean; profile: string }) {
  const t = orderWords.use();
  const types = quote.placements.flatMap(({ resources }) => resources.map(({ type }) => type));
  const words = KINDS.filter(([pattern]) => types.some((type) => pattern.test(type))).map(([, word]) => t(word));
  const parts = [
    ...new Set([
      t('madeServer'),
      ...(hasKey ? [t('madeKey')] : []),
      ...words,
      ...(profile === AS_NOW ? [] : [t('madeSetup', { profile })]),
    ]),
  ];
  return (
    <div>
      <h3 className="mb-1 text-sm font-medium">{t('willBeMade')}</h3>
      {isManual ? (
        <p className="text-sm text-ink-2">{t('byHand')}</p>
      ) : (
        <ul className="flex flex-col gap-0.5 text-sm text-ink-2">
          {parts.map((each) => (
            <li key={each} className="flex items-start gap-1.5">
              <Icon name="check" className="mt-0.5 text-good" />
              {each}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function PlaceOrder({ chosen, quote, wrong }: { chosen: Chosen; quote: Quote | null; wrong: string | null }) {
  const [t, p] = [orderWords.use(), payWords.use()];
  const go = useGo();
  const method = useQuery(methodsQuery).data?.find((each) => each.is_default);
  const profile = useQuery(profileQuery).data;
  const terms = useQuery(termsQuery).data;
  const open = terms?.terms && !terms.accepted.some(({ version }) => version === terms.terms!.version) ? terms.terms : null;
  const [accepted, accept] = useState(false);
  const [save, setSave] = useState(true);
  const place = useAction(
    async ({ byMethod }: { byMethod: boolean }) => {
      if (open) await api.acceptTerms({ body: { version: open.version } });
      const { order } = await api.createOrder({ body: { quote_id: quote!.id, hash: quote!.hash }, idempotencyKey: quote!.id });
      const back = `/portal/orders/${order.id}`;
      if (order.invoice_id === null || Number(order.total) === 0 || order.paid_at !== null) return go(back);
      if (!byMethod) return await toPaymentPage(order.invoice_id, back, save && !method);
      await api.chargeInvoice({ id: order.invoice_id });
      go(back);
    },
    { quiet: true },
  );
  const lacking = useMissing(chosen, quote, open !== null && !accepted);
  const missing = wrong ?? lacking;
  const amount = quote === null ? '' : money(quote.total, quote.currency);
  const isFree = quote !== null && Number(quote.total) === 0;
  return (
    <div className="flex flex-col gap-3">
      {profile && (
        <p className="flex flex-wrap items-baseline justify-between gap-2 text-sm text-ink-2">
          <span className="min-w-0 break-words">{t('billedTo', { name: profile.name })}</span>
          <Link to="/portal/billing" search={{ part: 'address' }} className="underline underline-offset-2">
            {t('change')}
          </Link>
        </p>
      )}
      {open && (
        <Checkbox
          label={
            <>
              {t('terms')}{' '}
              <a href={open.url} target="_blank" rel="noreferrer" className="underline underline-offset-2">
                {t('termsLink', { version: open.version })}
              </a>
            </>
          }
          checked={accepted}
          onChange={(event) => accept(event.target.checked)}
        />
      )}
      {!method && !isFree && <Checkbox label={t('save')} checked={save} onChange={(event) => setSave(event.target.checked)} />}
      {place.error !== null && <ProblemNote error={place.error} />}
      <Button
        variant="primary"
        className="min-h-12 text-base"
        busy={place.isPending}
        disabledReason={missing}
        onClick={() => place.mutate({ byMethod: method !== undefined })}
      >
        {isFree ? t('orderFree') : t('pay', { amount })}
      </Button>
      {method && !isFree && (
        <p className="flex flex-wrap items-center justify-between gap-2 text-sm text-ink-2">
          {methodName(method)}
          <Button className="min-h-9" busy={place.isPending} disabledReason={missing} onClick={() => place.mutate({ byMethod: false })}>
            {p('otherWay')}
          </Button>
        </p>
      )}
    </div>
  );
}

/** Why it cannot be ordered yet, or null. */
function useMissing(chosen: Chosen, quote: Quote | null, lacksTerms: boolean): string | null {
  const t = orderWords.use();
  if (chosen.productId === '') return t('chooseFirst');
  if (chosen.label.trim() === '') return t('nameFirst');
  if (!areKeys(chosen.key)) return t('keyWrong');
  if (lacksTerms) return t('acceptTerms');
  return quote === null ? t('counting') : null;
}
