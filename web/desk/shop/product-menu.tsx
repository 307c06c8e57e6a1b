/** What can be done with one product of the list: what its page does. */
import { useState } from 'react';
import { api } from '../../kit/api/client.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { May } from '../../kit/parts/may.tsx';
import { CopyItem, OpenItem, RowMenu } from '../../kit/parts/row-menu.tsx';
import { MenuItem, MenuSeparator } from '../../kit/ui/menu.tsx';
import { PlaceDialog, PriceDialog, StockDialog } from './product-dialogs.tsx';
import type { Product } from './queries.ts';

const DIALOGS = { price: PriceDialog, place: PlaceDialog, stock: StockDialog } as const;
type Question = keyof typeof DIALOGS;

/** Shown to everybody or to nobody: what the next change is called, and the change. */
export function useShowing({ id, visibility }: Product) {
  const isShown = visibility === 'public';
  const show = useAction(() => api.updateProduct({ id, body: { visibility: isShown ? 'hidden' : 'public' } }));
  return { label: isShown ? 'Hide it' : 'Show it to everybody', change: () => show.mutate(), busy: show.isPending };
}

export function ProductMenu({ product }: { product: Product }) {
  const [asked, ask] = useState<Question | null>(null);
  const Dialog = asked && DIALOGS[asked];
  return (
    <>
      <RowMenu name={product.name}>
        <OpenItem to={`/products/${product.id}`} />
        <CopyItem text={product.id} what="id" />
        <MenuSeparator />
        <May call="createProductPrice">
          <MenuItem onSelect={() => ask('price')}>New price…</MenuItem>
        </May>
        <May call="setProductCandidates">
          <MenuItem
            disabledReason={product.module === 'automatic' ? null : 'It is made by hand, at no place of a provider.'}
            onSelect={() => ask('place')}
          >
            Another place…
          </MenuItem>
        </May>
        <May call="setProductStock">
          <MenuItem onSelect={() => ask('stock')}>Stock…</MenuItem>
        </May>
        <May call="updateProduct">
          <ShowItem product={product} />
        </May>
      </RowMenu>
      {Dialog && <Dialog product={product} onClose={() => ask(null)} />}
    </>
  );
}

function ShowItem({ product }: { product: Product }) {
  const { label, change } = useShowing(product);
  return <MenuItem onSelect={change}>{label}</MenuItem>;
}
