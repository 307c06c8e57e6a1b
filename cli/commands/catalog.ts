/** `plinth catalog …`: what an account's provider offers. */
import type { CATALOG_KINDS, CatalogKind } from '../../contract/provider.ts';
import { releaseOf } from '../../contract/release.ts';
import type { Image, Plan, Region, Zone } from '../../providers/provider.ts';
import { type Command, command } from '../command.ts';
import { EXIT, usage } from '../errors.ts';
import { accountId } from '../find.ts';
import { ago, remark, type Row, show, status, table } from '../output.ts';

type Shown = { readonly head: readonly string[]; readonly row: (item: never) => Row };

const SHOWN: Readonly<Record<CatalogKind, Shown>> = {
  plans: {
    head: ['ID', 'VCPUS', 'MEMORY', 'DISK', 'TRANSFER', 'MONTHLY', 'AVAILABLE', 'REGIONS'],
    row: (plan: Plan) => [
      plan.id,
      String(plan.vcpus),
      `${plan.memoryMb / 1024} GB`,
      `${plan.diskGb} GB`,
      plan.transferGb === null ? '-' : `${plan.transferGb} GB`,
      `${plan.priceMonthly} ${plan.currency}`,
      status(plan.available ? 'available' : 'sold out'),
      plan.regions.length > 6 ? `${plan.regions.slice(0, 6).join(' ')} +${plan.regions.length - 6}` : plan.regions.join(' '),
    ],
  },
  regions: {
    head: ['ID', 'NAME', 'COUNTRY', 'AVAILABLE'],
    row: (region: Region) => [region.id, region.name, region.country ?? '-', status(region.available ? 'available' : 'sold out')],
  },
  images: {
    head: ['ID', 'NAME', 'FAMILY', 'DISTRIBUTION', 'SUPPORT ENDS', 'LEAST DISK', 'STATE'],
    row: (image: Image) => [
      image.id,
      image.name,
      image.family,
      image.distribution,
      releaseOf(image)?.supportEnds ?? '-',
      `${image.minDiskGb} GB`,
      status(image.deprecated ? 'deprecated' : 'available'),
    ],
  },
  zones: { head: ['ID', 'NAME', 'STATUS'], row: (zone: Zone) => [zone.id, zone.name, status(zone.status)] },
};

function catalog(kind: (typeof CATALOG_KINDS)[number], summary: string, example: string): Command {
  return command({
    path: ['catalog', kind],
    summary,
    options: {
      account: { type: 'string', value: 'ACCOUNT', help: 'id or name of the account to ask' },
      provider: { type: 'string', value: 'PROVIDER', help: 'instead, when there is one account there' },
      refresh: { type: 'boolean', help: 'ask the provider now instead of using the kept answer' },
    },
    examples: [example, `catalog ${kind} --account "Vultr main" --refresh --json`],
    run: async (context, _args, { account, provider, refresh }) => {
      if (account === undefined && provider === undefined)
        throw usage(`plinth catalog ${kind}: whose? Type --provider PROVIDER or --account ACCOUNT; plinth account list shows them.`);
      const api = await context.api();
      const answer = await api.get<{ items: never[]; fetched_at: string; simulated: boolean; provider: string }>(
        `/api/admin/upstream/${kind}`,
        {
          provider,
          providerId: account === undefined ? undefined : await accountId(api, account),
          refresh,
        },
      );
      show(context, answer, (colour) => table(SHOWN[kind].head, answer.items.map(SHOWN[kind].row), colour));
      if (!context.json)
        remark(
          context,
          `${answer.items.length} ${kind} of ${answer.provider}${answer.simulated ? ' (simulated)' : ''}, as of ${ago(answer.fetched_at)}`,
        );
      return EXIT.ok;
    },
  });
}

export const catalogCommands: readonly Command[] = [
  catalog('plans', 'Sizes and their prices', 'catalog plans --provider linode'),
  catalog('regions', 'Locations', 'catalog regions --provider linode'),
  catalog('images', 'Operating systems', 'catalog images --provider vultr'),
  catalog('zones', 'DNS zones', 'catalog zones --provider cloudflare'),
];
