import { useState } from 'react';
import { CopyButton } from '../../kit/ui/copy.tsx';
import { asCurl, type Request, type Secret } from '../lib/as-code.ts';

interface AsCodeProps {
  request: Request;
  /** What of its body is not shown. */
  secrets?: readonly Secret[];
  /** The same for `plinth`; null where its commands cannot say it. */
  command?: string | null;
  /** The same as a Pulumi program. */
  program?: string;
}

/** What a form would send, to be kept in a script or a program. */
export function AsCode({ request, secrets = [], command = null, program }: AsCodeProps) {
  const ways = {
    curl: asCurl(request, location.origin, secrets),
    ...(command && { plinth: command }),
    ...(program && { Pulumi: program }),
  };
  const [chosen, choose] = useState<keyof typeof ways>('curl');
  const way = chosen in ways ? chosen : 'curl';
  const text = ways[way] ?? '';
  return (
    <details className="border-t border-line pt-3">
      <summary className="w-fit text-ink-2 hover:text-ink">The same as code</summary>
      <div role="group" aria-label="Written for" className="mt-3 flex flex-wrap items-center gap-1">
        {(Object.keys(ways) as (keyof typeof ways)[]).map((each) => (
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
          <CopyButton text={text} what={`what stands here for ${way}`} />
        </span>
      </div>
      <pre
        tabIndex={0}
        className="mt-2 max-h-80 overflow-auto rounded-md bg-raised p-3 font-mono text-xs wrap-anywhere whitespace-pre-wrap"
        data-testid="as-code"
      >
        {text}
      </pre>
      <p className="mt-1 text-xs text-ink-2">{needs(way, secrets)}</p>
    </details>
  );
}

function needs(way: string, secrets: readonly Secret[]): string {
  const variables = [...(way === 'curl' ? ['PLINTH_TOKEN'] : []), ...(way === 'Pulumi' ? [] : secrets.map(({ variable }) => variable))];
  if (variables.length === 0) return 'With the service and the token of its last login.';
  const jq = way === 'curl' && secrets.length > 0 ? ' jq puts the key in.' : '';
  return `With ${variables.join(', ')} exported in the shell; no secret stands here.${jq}`;
}
