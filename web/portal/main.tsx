import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { keepActing, keptActing, nameActing } from '../kit/api/acting.ts';
import { forgetSession, whenUnauthenticated } from '../kit/api/client.ts';
import { asApiError } from '../kit/api/problem.ts';
import '../kit/i18n/icu.ts';
import { preferredLanguage, setLanguage } from '../kit/i18n/language.ts';
import { setBrand } from '../kit/lib/brand.ts';
import { safeNext } from '../kit/lib/next.ts';
import { Toaster } from '../kit/ui/toast.tsx';
import { TooltipProvider } from '../kit/ui/tooltip.tsx';
import '../kit/index.css';
import { brandQuery } from './queries.ts';
import { makeRouter } from './routes.tsx';

setLanguage(preferredLanguage());

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 1_000,
      // What the request itself got wrong stays wrong; only the network and the server deserve another try.
      retry: (failures, error) => failures < 2 && (asApiError(error).status === 0 || asApiError(error).status >= 500),
    },
    // A change that waits for a network would be done when nobody expects it any more.
    mutations: { networkMode: 'always' },
  },
});
const router = makeRouter(queries);

whenUnauthenticated(() => {
  forgetSession();
  queries.clear();
  if (router.latestLocation.pathname === '/portal/sign-in') return;
  const next = safeNext(router.latestLocation.href);
  const search = new URLSearchParams({ expired: 'yes', ...(next === undefined ? {} : { next }) });
  void router.navigate({ href: `/portal/sign-in?${search.toString()}` } as never);
});

const acting = keptActing();
if (acting) {
  nameActing(acting, () => {
    keepActing(null);
    location.assign(`/customers/${acting.organization_id}`);
  });
}

void queries.fetchQuery(brandQuery).then(setBrand, () => undefined);

createRoot(document.querySelector('#root')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <TooltipProvider delayDuration={250}>
        <RouterProvider router={router as never} />
        <Toaster />
      </TooltipProvider>
    </QueryClientProvider>
  </StrictMode>,
);
