/**
 * Identity for objects that have a name but no tags (keys, scripts, firewall groups): a name that starts
 * with `plinth-` is one already; another name carries its URN's mark at the end, hidden from the program.
 */
import { identityOf } from '../identity.ts';

const OWN = /^plinth-vps-[a-z0-9]+(-|$)/;
const MARK = /(^| )\[plinth-urn-[a-z0-9]{24}\]$/;

/** The name sent to Vultr. */
export function markedName(urn: string, name: string | undefined): string {
  const given = name ?? '';
  if (OWN.test(given)) return given;
  const mark = `[${identityOf(urn, []).tag}]`;
  return given === '' ? mark : `${given} ${mark}`;
}

/** The name as the program gave it. */
export function visibleName(name: string): string {
  return name.replace(MARK, '');
}
