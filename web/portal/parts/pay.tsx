/** From a button to the payment provider's page and back to the address that is given. */
import { useQuery } from '@tanstack/react-query';
import { api } from '../../kit/api/client.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useMay } from '../../kit/lib/use-session.ts';
import { Button } from '../../kit/ui/button.tsx';
import { toast } from '../../kit/ui/toast.tsx';
import { useGo } from '../link.tsx';
import { methodsQuery } from '../queries.ts';
import { payWords } from '../words/pay.ts';

/** A page where the invoice is paid; `saveMethod` keeps the method for what comes later. */
export async function toPaymentPage(invoiceId: string, back: string, saveMethod = false): Promise<void> {
  const { attempt } = await api.payInvoice({
    id: invoiceId,
    body: { return_url: new URL(back, location.origin).href, save_method: saveMethod },
  });
  if (attempt.url !== null) location.assign(attempt.url);
  else location.assign(back);
}

interface PayProps {
  invoiceId: string;
  /** Of the portal. */
  back: string;
  label: string;
  className?: string;
}

export function PayButton({ invoiceId, back, label, className }: PayProps) {
  const t = payWords.use();
  const go = useGo();
  const may = useMay();
  const method = useQuery({ ...methodsQuery, enabled: may('payment-method:read') }).data?.find((each) => each.is_default);
  const pay = useAction(() => toPaymentPage(invoiceId, back), { renews: false });
  const charge = useAction(() => api.chargeInvoice({ id: invoiceId }), {
    done: () => {
      toast(t('paymentRunning'));
      go(back);
    },
  });
  if (!may('invoice:pay')) return null;
  if (!method)
    return (
      <Button variant="primary" className={className ?? 'min-h-10'} busy={pay.isPending} onClick={() => pay.mutate(undefined)}>
        {label}
      </Button>
    );
  return (
    <span className="flex flex-wrap gap-2">
      <Button variant="primary" className={className ?? 'min-h-10'} busy={charge.isPending} onClick={() => charge.mutate(undefined)}>
        {t('payWith', { method: methodName(method) })}
      </Button>
      <Button className="min-h-10" busy={pay.isPending} onClick={() => pay.mutate(undefined)}>
        {t('otherWay')}
      </Button>
    </span>
  );
}

export const methodName = ({ brand, last4 }: { brand: string; last4: string }): string =>
  `${brand.charAt(0).toUpperCase()}${brand.slice(1)} ···· ${last4}`;
