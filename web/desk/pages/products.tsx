/** What is sold: prices with the margin over today's costs, stock, and where each is made. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { money } from '../../kit/lib/format.ts';
import { sentenceCase } from '../../kit/lib/words.ts';
import { May } from '../../kit/parts/may.tsx';
import { Page } from '../../kit/parts/page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Empty } from '../../kit/ui/empty.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Table } from '../../kit/ui/table.tsx';
import { MenuCell } from '../../kit/parts/row-menu.tsx';
import { marginOf, monthlyCost } from '../shop/margin.ts';
import { NewProductDialog } from '../shop/product-dialogs.tsx';
import { ProductMenu } from '../shop/product-menu.tsx';
import { type Product, productListQuery } from '../shop/queries.ts';

export function ProductsPage() {
  return <Products title="Products" kind="vps" />;
}

/** As the older server shop's page is: all that it sells, virtual and dedicated. */
export function ServerProductsPage() {
  return <Products title="Server products" kind="dedicated" />;
}

/** `kind`: of a new one. */
function Products({ title, kind }: { title: string; kind: Product['kind'] }) {
  const list = useQuery(productListQuery);
  const [making, make] = useState(false);
  const shown = list.data;
  return (
    <Page
      title={title}
      lead="What customers order. Costs are the providers’ own, as last seen; the margin is what is left of the monthly price."
      actions={
        <May call="createProduct">
          <Button variant="primary" icon="plus" onClick={() => make(true)}>
            New product
          </Button>
        </May>
      }
    >
      <Card id="vps-plans" title="Products" className="scroll-mt-16">
        {list.error && <ProblemNote error={list.error} retry={() => void list.refetch()} />}
        {list.isPending && <Loading what="products" />}
        {shown?.length === 0 && (
          <Empty icon="server" title="Nothing is sold yet">
            A product has prices, a number of pieces, and places where it can be made.
          </Empty>
        )}
        {shown && shown.length > 0 && (
          <Table
            label="Products"
            head={['Product', 'Seen by', 'A month', 'Cost', 'Margin', 'Left', 'Places', '']}
            className="min-w-[44rem]"
          >
            {shown.map((each) => (
              <Row key={each.id} product={each} />
            ))}
          </Table>
        )}
      </Card>
      {making && <NewProductDialog kind={kind} onClose={() => make(false)} />}
    </Page>
  );
}

const SEEN = { public: 'good', hidden: 'quiet', retired: 'quiet' } as const;

function Row({ product }: { product: Product }) {
  const price = product.prices.find(({ interval, valid_to: end }) => interval === 'month' && end === null);
  const cost = monthlyCost(product);
  const margin = price && cost ? marginOf(price, cost) : null;
  const stock = product.stock;
  return (
    <tr className="align-baseline [&>td]:py-2 [&>td]:pr-4">
      <td>
        <Link to="/products/$id" params={{ id: product.id }} className="font-medium underline-offset-2 hover:underline">
          {product.name}
        </Link>
        {!product.available && product.visibility === 'public' && <span className="block text-xs text-bad">cannot be ordered now</span>}
      </td>
      <td>
        <Badge tone={SEEN[product.visibility]}>{sentenceCase(product.visibility)}</Badge>
      </td>
      <td className="tabular-nums">{price ? money(price.amount, price.currency) : '–'}</td>
      <td className="tabular-nums">{cost ? money(cost.amount, cost.currency) : '–'}</td>
      <td className={margin !== null && margin.share < 0 ? 'whitespace-nowrap text-bad tabular-nums' : 'whitespace-nowrap tabular-nums'}>
        {margin === null ? '–' : `${money(margin.amount, price!.currency)} (${Math.round(margin.share * 100)} %)`}
      </td>
      <td className="whitespace-nowrap tabular-nums">
        {stock === null || stock.free === null ? 'no limit' : `${stock.free} of ${stock.total}`}
      </td>
      <td>{product.module === 'manual' ? 'by hand' : (product.candidates ?? []).map((each) => each.account_name).join(', ') || 'none'}</td>
      <MenuCell>
        <ProductMenu product={product} />
      </MenuCell>
    </tr>
  );
}
