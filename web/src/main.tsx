import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { setToken, whenUnauthenticated } from './api/client.ts';
import { asApiError } from './api/problem.ts';
import { Toaster } from './components/ui/toast.tsx';
import { TooltipProvider } from './components/ui/tooltip.tsx';
import './index.css';
import { makeRouter } from './routes.tsx';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 1_000,
      // What the request itself got wrong stays wrong; only the network and the server deserve another try.
      retry: (failures, error) => failures < 2 && (asApiError(error).status === 0 || asApiError(error).status >= 500),
    },
  },
});
const router = makeRouter(queries);

whenUnauthenticated(() => {
  setToken(null);
  queries.clear();
  void router.navigate({ to: '/sign-in', search: { next: router.state.location.href, expired: true } });
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
