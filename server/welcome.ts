/** What a person reads after the start: where Plinth is, and a command that works as it stands. */
import { readFile } from 'node:fs/promises';
import { preferredImage } from '../contract/release.ts';
import type { Image } from '../providers/provider.ts';
import type { Runtime } from './runtime.ts';
import { allAccounts, providerOf } from './accounts/accounts.ts';
import { readCatalog } from './accounts/catalog.ts';
import type { Services } from './kernel/services.ts';

export async function welcome({ origin, simulatorOrigin, seeded, services, setupFile }: Runtime): Promise<string> {
  if (origin === null) return 'Plinth worker is running.';
  const lines = ['', `Plinth is running at ${origin} (the dashboard: sign in with the admin token). The API: ${origin}/api/docs`];
  if (simulatorOrigin !== null) lines.push(`The providers are simulated at ${simulatorOrigin}: nothing here is bought.`);
  lines.push(`The first admin token is in ${seeded.tokenFile}, readable by you only: cat ${seeded.tokenFile}`);
  if (setupFile !== null) {
    // On a terminal for whoever sits at it; a log gets the place of the file alone.
    const link = process.stderr.isTTY ? (await readFile(setupFile, 'utf8')).trim() : `cat ${setupFile}`;
    lines.push(`Make yourself the first superadmin, once: ${link}`);
  }
  const body = services.config.mode === 'development' ? await exampleBody(services).catch(() => null) : null;
  if (body !== null)
    lines.push(
      '',
      'What next: create a server, then follow its operation.',
      `  TOKEN=$(cat ${seeded.tokenFile})`,
      `  curl -s ${origin}/api/vps -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`,
      `  curl -sN ${origin}/api/operations/<operation.id>/stream -H "Authorization: Bearer $TOKEN"`,
    );
  return `${lines.join('\n')}\n`;
}

/** A body that the first account with a catalogue accepts. */
async function exampleBody(services: Services): Promise<object | null> {
  for (const account of await allAccounts(services)) {
    if (!providerOf(services, account).compute || account.endpointKind !== 'simulator') continue;
    const { items: plans } = await readCatalog(services, account, 'plans');
    const { items: images } = await readCatalog(services, account, 'images');
    const plan = plans.find((item) => item.available && item.regions.length > 0 && item.memoryMb >= 1024);
    const region = plan?.regions[0] ?? '';
    const fits = (item: Image): boolean => (item.regions?.includes(region) ?? true) && item.minDiskGb <= (plan?.diskGb ?? 0);
    const image = preferredImage(images.filter((item) => !item.deprecated && fits(item)));
    if (image && plan) return { label: 'web-1', type: plan.id, region, image: image.id, provider_id: account.id };
  }
  return null;
}
