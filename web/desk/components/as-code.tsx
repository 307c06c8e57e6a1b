import { useState } from 'react';
import { CopyButton } from '../../kit/ui/copy.tsx';
import { asCommand, asCurl, asProgram } from '../lib/as-code.ts';

const WAYS = ['curl', 'plinth', 'Pulumi'] as const;

/** The order that the form holds, to be kept in a script or a program. */
export function OrderAsCode({ body }: { body: object & { readonly label: string } }) {
  const [way, choose] = useState<(typeof WAYS)[number]>('curl');
  const text = {
    curl: () => asCurl(body, location.origin),
    plinth: () => asCommand(body),
    Pulumi: () => asProgram(body),
  }[way]();
  return (
    <details className="mt-4 border-t border-line pt-3">
      <summary className="text-ink-2">The same as code</summary>
      <div role="group" aria-label="Written for" className="mt-3 flex flex-wrap items-center gap-1">
        {WAYS.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={way === each}
            onClick={() => choose(each)}
            className="min-h-8 rounded-md px-2.5 text-ink-2 hover:bg-raised hover:text-ink aria-pressed:bg-accent-soft aria-pressed:text-accent"
          >
            {each}
          </button>
        ))}
        <span className="ml-auto">
          <CopyButton text={text} what={`the order for ${way}`} />
        </span>
      </div>
      <pre tabIndex={0} className="mt-2 max-h-80 overflow-auto rounded-md bg-raised p-3 font-mono text-xs" data-testid="as-code">
        {text}
      </pre>
      {way === 'curl' && <p className="mt-1 text-xs text-ink-2">With a token in PLINTH_TOKEN.</p>}
    </details>
  );
}
