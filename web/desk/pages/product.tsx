/** One product: who sees it, its prices, its places with today's cost and margin, its stock. */
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../kit/api/client.ts';
import { money } from '../../kit/lib/format.ts';
import { sentenceCase } from '../../kit/lib/words.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { May } from '../../kit/parts/may.tsx';
import { Crumb } from '../components/crumb.tsx';
import { Page } from '../../kit/parts/page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card, Facts } from '../../kit/ui/card.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Table } from '../../kit/ui/table.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { marginOf } from '../shop/margin.ts';
import { PlaceDialog, PriceDialog, StockDialog } from '../shop/product-dialogs.tsx';
import { useShowing } from '../shop/product-menu.tsx';
import { ProfilesCard } from '../shop/product-profiles.tsx';
import { marginQuery, type Product, productQuery } from '../shop/queries.ts';

export function ProductPage() {
  const { id } = useParams({ from: '/app/selling/products/$id' });
  const found = useQuery(productQuery(id));
  const product = found.data;
  return (
    <Page
      title={product?.name ?? 'Product'}
      above={<Crumb to="/products" />}
      lead={
        product && (
          <span className="flex flex-wrap items-center gap-2">
            <Badge tone={product.visibility === 'public' ? 'good' : 'quiet'}>{sentenceCase(product.visibility)}</Badge>
            {!product.available && <Badge tone="bad">Cannot be ordered now</Badge>}
            {product.description}
          </span>
        )
      }
      actions={
        product && (
          <May call="updateProduct">
            <ShowButton product={product} />
          </May>
        )
      }
    >
      {found.error && <ProblemNote error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Loading what="the product" />}
      {product && (
        <>
          <Prices product={product} />
          {product.module === 'automatic' && <Places product={product} />}
          <Stock product={product} />
          {product.module === 'automatic' && <ProfilesCard product={product} />}
        </>
      )}
    </Page>
  );
}

function ShowButton({ product }: { product: Product }) {
  const { label, change, busy } = useShowing(product);
  return (
    <Button variant={product.visibility === 'public' ? 'secondary' : 'primary'} busy={busy} onClick={change}>
      {label}
    </Button>
  );
}

function Prices({ product }: { product: Product }) {
  const [adding, add] = useState(false);
  const end = useAction((price: string) => api.deleteProductPrice({ id: product.id, price: price as never }));
  return (
    <Card
      title="Prices"
      actions={
        <May call="createProductPrice">
          <Button icon="plus" onClick={() => add(true)}>
            New price
          </Button>
        </May>
      }
    >
      {product.prices.length === 0 && <p className="text-ink-2">None: it cannot be ordered.</p>}
      {product.prices.length > 0 && (
        <Table label="Prices" head={['For a', 'Amount', 'Set-up', 'From', 'Until', '']} className="min-w-[32rem]">
          {product.prices.map((each) => (
            <tr key={each.id} className="[&>td]:py-1.5 [&>td]:pr-4">
              <td>{sentenceCase(each.interval)}</td>
              <td className="font-medium tabular-nums">{money(each.amount, each.currency)}</td>
              <td className="tabular-nums">{money(each.setup_fee, each.currency)}</td>
              <td>
                <Time at={each.valid_from} />
              </td>
              <td>{each.valid_to ? <Time at={each.valid_to} /> : 'open'}</td>
              <td>
                <May call="deleteProductPrice">
                  <Button variant="danger" busy={end.isPending} onClick={() => end.mutate(each.id)}>
                    End it
                  </Button>
                </May>
              </td>
            </tr>
          ))}
        </Table>
      )}
      {adding && <PriceDialog product={product} onClose={() => add(false)} />}
    </Card>
  );
}

function Places({ product }: { product: Product }) {
  const [adding, add] = useState(false);
  const margins = useQuery({ ...marginQuery(product.id), enabled: product.price_rule !== null }).data;
  const price = product.prices.find(({ interval, valid_to: end }) => interval === 'month' && end === null);
  const remove = useAction((gone: string) =>
    api.setProductCandidates({
      id: product.id,
      body: {
        candidates: (product.candidates ?? [])
          .filter(({ id }) => id !== gone)
          .map((each) => ({ account_id: each.account_id as never, plan: each.plan, regions: each.regions, images: each.images })),
      },
    }),
  );
  return (
    <Card
      title="Places, in order of preference"
      actions={
        <May call="setProductCandidates">
          <Button icon="plus" onClick={() => add(true)}>
            Another place
          </Button>
        </May>
      }
    >
      {product.candidates?.length === 0 && <p className="text-ink-2">None: it cannot be made.</p>}
      {(product.candidates?.length ?? 0) > 0 && (
        <Table label="Places" head={['Account', 'Plan', 'Cost', 'Margin', 'By the rule', 'State', '']} className="min-w-[40rem]">
          {product.candidates?.map((each) => {
            const margin = price && each.cost ? marginOf(price, each.cost) : null;
            const ruled = margins?.candidates.find(({ candidate_id: id }) => id === each.id);
            return (
              <tr key={each.id} className="align-baseline [&>td]:py-1.5 [&>td]:pr-4">
                <td className="font-medium">{each.account_name}</td>
                <td>
                  <code className="font-mono text-xs">{each.plan}</code>
                </td>
                <td className="tabular-nums">{each.cost ? money(each.cost.amount, each.cost.currency) : '–'}</td>
                <td className={margin && margin.share < 0 ? 'text-bad tabular-nums' : 'tabular-nums'}>
                  {margin ? `${money(margin.amount, price!.currency)} (${Math.round(margin.share * 100)} %)` : '–'}
                </td>
                <td className="tabular-nums">{ruled?.price ? money(ruled.price, margins!.currency) : '–'}</td>
                <td>
                  <Badge tone={each.available ? 'good' : 'bad'}>{each.available ? 'Can be had' : (each.reason ?? 'Not now')}</Badge>
                </td>
                <td>
                  <May call="setProductCandidates">
                    <Button variant="danger" busy={remove.isPending} onClick={() => remove.mutate(each.id)}>
                      Remove
                    </Button>
                  </May>
                </td>
              </tr>
            );
          })}
        </Table>
      )}
      {adding && <PlaceDialog product={product} onClose={() => add(false)} />}
    </Card>
  );
}

function Stock({ product }: { product: Product }) {
  const [changing, change] = useState(false);
  const { stock } = product;
  return (
    <Card
      title="Stock"
      actions={
        <May call="setProductStock">
          <Button onClick={() => change(true)}>Change</Button>
        </May>
      }
    >
      {stock && (
        <Facts
          items={[
            ['In all', stock.total === null ? 'without limit' : String(stock.total)],
            ['Reserved', String(stock.reserved)],
            ['Sold', String(stock.sold)],
            ['Left', stock.free === null ? 'without limit' : String(stock.free)],
          ]}
        />
      )}
      {changing && <StockDialog product={product} onClose={() => change(false)} />}
    </Card>
  );
}
