import type { ReactNode } from 'react';
import { type Call, useMayCall } from '../lib/use-may-call.ts';

/** What leads to this call, for whoever may make it; nothing for others. */
export function May({ call, children }: { call: Call; children: ReactNode }) {
  if (!useMayCall()(call)) return null;
  // No box of its own: what is inside stands as if it were not there.
  return (
    <span className="contents" data-calls={call}>
      {children}
    </span>
  );
}
