/** People name things by what they see: a VPS by id or label, an account or an organization by id or name. */
import { AccountId, OrganizationId, VpsId } from '../contract/ids.ts';
import type { Organization } from '../contract/organization.ts';
import type { Account } from '../contract/provider.ts';
import type { Vps } from '../contract/vps.ts';
import type { z } from 'zod';
import type { AccountList } from '../contract/provider.ts';
import type { Api } from './api.ts';
import { ask } from './io.ts';
import type { Context } from './command.ts';
import { CliError, EXIT, usage } from './errors.ts';

/** @throws CliError (not found, or usage when several have the label). */
export async function findVps(api: Api, word: string): Promise<Vps> {
  if (VpsId.safeParse(word).success) {
    try {
      return (await api.get<{ instance: Vps }>(`/api/vps/${word}`)).instance;
    } catch (error) {
      // A label may look like an id.
      if (!(error instanceof CliError) || error.exitCode !== EXIT.notFound) throw error;
    }
  }
  // The search finds every label that has the word in it, so there may be many pages.
  const named = (await everyVps(api, { q: word.slice(0, 100) })).filter(({ label }) => label === word);
  if (named.length === 1) return named[0]!;
  if (named.length > 1)
    throw usage(`${named.length} VPSes are called "${word}". Name one by its id: ${named.map(({ id }) => id).join(', ')}.`);
  throw new CliError(EXIT.notFound, `There is no VPS "${word}". See: plinth vps list (--deleted shows the terminated ones)`);
}

/** All pages of GET /api/vps, from a `cursor` in the query on; its `limit` is the first page's. */
export async function everyVps(api: Api, query: Parameters<Api['get']>[1]): Promise<Vps[]> {
  const all: Vps[] = [];
  for (let place: Parameters<Api['get']>[1] = { limit: 200, ...query }; ;) {
    const page: { instances: Vps[]; next: string | null } = await api.get('/api/vps', place);
    all.push(...page.instances);
    if (page.next === null) return all;
    place = { ...query, limit: 200, cursor: page.next };
  }
}

/** By id or name. @throws CliError (not found) */
export async function findOrganization(api: Api, word: string): Promise<Organization> {
  const { organizations } = await api.get<{ organizations: Organization[] }>('/api/admin/organizations');
  const found = organizations.find(({ id, name }) => id === word || name === word);
  if (!found) throw new CliError(EXIT.notFound, `There is no organization "${word}". See: plinth organization list`);
  return found;
}

/** Its id without asking, when the word is one: not everyone who names one may list them. */
export async function organizationId(api: Api, word: string): Promise<string> {
  return OrganizationId.safeParse(word).success ? word : (await findOrganization(api, word)).id;
}

export async function accounts(api: Api): Promise<z.infer<typeof AccountList>> {
  return await api.get('/api/admin/providers');
}

/** @throws CliError (not found). */
export async function findAccount(api: Api, word: string): Promise<Account> {
  const { providers } = await accounts(api);
  const found = providers.find(({ id, name }) => id === word || name === word);
  if (found) return found;
  throw new CliError(
    EXIT.notFound,
    `There is no account "${word}". There are: ${providers.map(({ name }) => name).join(', ') || 'none; add one with plinth account add'}.`,
  );
}

/** Its id without asking, when the word is one: reading accounts needs the role admin, using one does not. */
export async function accountId(api: Api, word: string): Promise<string> {
  return AccountId.safeParse(word).success ? word : (await findAccount(api, word)).id;
}

/** Asks to type a word before something is lost. `--yes` or a typed word lets it pass. */
export async function confirm(context: Context, yes: boolean | undefined, word: string, what: string): Promise<void> {
  if (yes) return;
  if (!context.io.stdin.isTTY) throw usage(`This needs a yes: ${what}. Add --yes.`);
  const typed = await ask(context.io, `${what}. Type ${word} to go on: `, { secret: false });
  if (typed.trim() !== word) throw usage('Nothing was done: what was typed is not the same.');
}
