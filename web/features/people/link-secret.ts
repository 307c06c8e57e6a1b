import { useState } from 'react';

/** The secret behind the `#` of a link; it leaves the address at once, so that no history and no neighbour reads it there. */
export function useLinkSecret(): string {
  const [secret] = useState(() => {
    const found = location.hash.slice(1);
    if (found !== '') history.replaceState(history.state, '', location.pathname + location.search);
    return found;
  });
  return secret;
}
