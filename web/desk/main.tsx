import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { forgetSession, whenUnauthenticated } from '../kit/api/client.ts';
import { asApiError } from '../kit/api/problem.ts';
import { Toaster } from '../kit/ui/toast.tsx';
import { TooltipProvider } from '../kit/ui/tooltip.tsx';
import '../kit/index.css';
import { safeNext } from '../kit/lib/next.ts';
import { writeStored } from '../kit/lib/storage.ts';
import { makeRouter } from './routes.tsx';

// Former versions kept the token itself here.
writeStored('plinth.token', null);

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
  // Several requests are refused at once; the first has led there already.
  if (router.latestLocation.pathname === '/sign-in') return;
  const next = safeNext(router.latestLocation.href);
  void router.navigate({ to: '/sign-in', search: { expired: true, ...(next === undefined ? {} : { next }) } });
});

createRoot(document.querySelector('#root')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <TooltipProvider delayDuration={250}>
        <RouterProvider router={router} />
        <Toaster />
      </TooltipProvider>
    </QueryClientProvider>
  </StrictMode>,
);
