/** `cloudflare:index/getZone:getZone`: one zone by id, or by a filter that fits exactly one. */
import { ProviderError } from '../errors.ts';
import type { FunctionDefinition, Json, Properties } from '../resource.ts';
import type { Rest } from '../kit/rest.ts';
import type { Call } from '../kit/server-sheet.ts';
import { PROVIDER_ID } from './descriptor.ts';
import { camelKeys } from './names.ts';
import { zone as zoneById, zones as zonesLike } from './records.ts';

export const getZone: FunctionDefinition<Rest> = {
  token: 'cloudflare:index/getZone:getZone',
  inputs: {
    zoneId: { type: 'string' },
    filter: {
      type: 'object',
      properties: {
        name: { type: 'string' },
        status: { type: 'string' },
        match: { type: 'string', oneOf: ['any', 'all'] },
        order: { type: 'string' },
        direction: { type: 'string', oneOf: ['asc', 'desc'] },
        types: { type: 'array', items: { type: 'string' } },
        account: { type: 'object', properties: { id: { type: 'string' }, name: { type: 'string' } } },
      },
    },
  },
  async invoke(ctx, args) {
    const filter = args.filter as Properties | undefined;
    const zoneId = typeof args.zoneId === 'string' ? args.zoneId : await onlyZone(ctx, filter);
    const zone = camelKeys((await zoneById(ctx, zoneId)) as Json) as Properties;
    return { ...zone, zoneId, ...(filter === undefined ? {} : { filter }) };
  },
};

async function onlyZone(call: Call, filter: Properties | undefined): Promise<string> {
  if (!filter) throw invalid('getZone needs "zoneId" or "filter".');
  const { account, types, ...plain } = filter;
  const { id, name } = (account ?? {}) as Properties;
  const query = {
    ...(plain as Record<string, string>),
    'account.id': id as string | undefined,
    'account.name': name as string | undefined,
    type: Array.isArray(types) ? types.join(',') : undefined,
  };
  const zones = await zonesLike(call, query);
  if (zones.length === 1) return zones[0]!.id;
  const what = JSON.stringify(filter);
  throw invalid(
    zones.length === 0
      ? `No zone fits ${what}. Check the name, and that the token may read that zone.`
      : `${zones.length} zones fit ${what}, one is needed. Add the account to the filter, or use "zoneId".`,
  );
}

function invalid(message: string): ProviderError {
  return new ProviderError({ provider: PROVIDER_ID, kind: 'invalid', message });
}
