/** Another size: what it costs today and from then on, and what happens to the server, before anything is ordered. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { VpsDetail } from '../../kit/api/client.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { productsQuery, type Subscription } from '../queries.ts';
import { serverWords } from '../words/server.ts';
import { ChangePrice, useChange, useChangePreview } from './change-price.tsx';
import { type Interval, pricesOf } from './order-form.ts';
import { ProductPick } from './product-pick.tsx';

interface ChangeProps {
  subscription: Subscription;
  vps: VpsDetail;
  onClose: () => void;
}

export function ChangeDialog({ subscription, vps, onClose }: ChangeProps) {
  const t = serverWords.use();
  const { id, currency, interval } = subscription;
  const products = (useQuery(productsQuery).data ?? []).filter(
    (each) => each.id !== subscription.product_id && pricesOf(each, currency, new Date()).some((price) => price.interval === interval),
  );
  const [chosen, choose] = useState('');
  const body = { product_id: chosen as Subscription['product_id'] };
  const preview = useChangePreview(id, chosen === '' ? null : body);
  const change = useChange({ id, vpsId: vps.id, onClose });
  const due = Number(preview.data?.due ?? 0);
  return (
    <Dialog open onOpenChange={onClose} shape="wide" title={t('changeTitle', { label: vps.label })} description={t('changeLead')}>
      <DialogForm
        error={change.error}
        fields={[]}
        missing={chosen === '' ? t('chooseOne') : preview.data ? null : t('counting')}
        busy={change.isPending}
        action={t(due > 0 ? 'changeNow' : 'changePlain')}
        onCancel={onClose}
        onSubmit={() => change.mutate(body)}
      >
        {products.length === 0 && <p className="text-ink-2">{t('nothingElse')}</p>}
        <ProductPick products={products} currency={currency} interval={interval as Interval} chosen={chosen} onChoose={choose} />
        {chosen !== '' && <ChangePrice subscription={subscription} preview={preview} />}
      </DialogForm>
    </Dialog>
  );
}
