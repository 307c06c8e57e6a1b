import type { ReactNode } from 'react';
import { type Call, useMayCall } from '../lib/use-may-call.ts';

/** What leads to these calls, for whoever may make them; nothing for others. */
export function May({ call, children }: { call: Call | readonly Call[]; children: ReactNode }) {
  const mayCall = useMayCall();
  const calls = typeof call === 'string' ? [call] : call;
  if (!mayCall(...calls)) return null;
  // No box of its own: what is inside stands as if it were not there.
  return (
    <span className="contents" data-calls={calls.join(' ')}>
      {children}
    </span>
  );
}
