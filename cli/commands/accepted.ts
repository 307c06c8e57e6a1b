/** What follows an accepted change: its operation, watched when asked for. */
import type { Operation } from '../../contract/operation.ts';
import type { Vps } from '../../contract/vps.ts';
import type { Api } from '../api.ts';
import type { Context } from '../command.ts';
import { EXIT } from '../errors.ts';
import { paint, plain, remark, show } from '../output.ts';
import { follow, outcome } from '../watch.ts';

export interface Accepted {
  readonly instance: Vps;
  readonly operation: Operation;
}

/** Prints what was accepted, or with `wait` what became of it. Resolves with the exit code. */
export async function accepted(context: Context, api: Api, answer: Accepted, wait: boolean | undefined): Promise<number> {
  const { instance, operation } = answer;
  if (!wait) {
    show(context, answer, () => `${plain(instance.label)} (${instance.id}): ${operation.kind} is ordered, operation ${operation.id}\n`);
    if (!context.json) remark(context, `Follow it with: plinth operation watch ${operation.id}`);
    return EXIT.ok;
  }
  if (!context.json) remark(context, `${plain(instance.label)} (${instance.id}): ${operation.kind}, operation ${operation.id}`);
  const ended = await follow(context, api, operation, 'quiet');
  const after = await api.get<{ instance: Vps }>(`/api/vps/${instance.id}`);
  if (context.json) show(context, { instance: after.instance, operation: ended }, () => '');
  else if (ended.status === 'succeeded') context.io.out(ending(context, after.instance, ended));
  return outcome(context, ended);
}

function ending(context: Context, instance: Vps, operation: Operation): string {
  if (operation.kind === 'destroy' && instance.status === 'ending')
    return `${plain(instance.label)} lives until ${instance.ends_at ?? 'the end of its paid period'}; its provider takes it then.\n`;
  if (operation.kind === 'destroy') return `${plain(instance.label)} is gone.\n`;
  if (operation.kind === 'preview')
    return hasSteps(operation) ? 'This is what would change; nothing was changed.\n' : 'There is nothing to change.\n';
  const address = [instance.ipv4, instance.ipv6, instance.dns_name].filter(Boolean).join('  ');
  const simulated = instance.simulated ? `  ${paint('(simulated: no such server exists)', 'warn', context.io.outIsTty)}` : '';
  return `${plain(instance.label)} is ${instance.status}: ${address}${simulated}\n`;
}

function hasSteps({ result }: Operation): boolean {
  return typeof result === 'object' && result !== null && 'steps' in result && Array.isArray(result.steps) && result.steps.length > 0;
}
