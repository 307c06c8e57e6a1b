/** `plinth setup-profile …` and `plinth vps-plan list` */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { z } from 'zod';
import type { SetupPreview, SetupProfileAnswer, SetupProfileList } from '../../contract/setup-profile.ts';
import type { VpsPlanList } from '../../contract/vps-plan.ts';
import { type Command, command, MUTATION_OPTIONS } from '../command.ts';
import { EXIT, usage } from '../errors.ts';
import { ago, plain, show, table } from '../output.ts';

const NAME = { name: 'name', help: 'of the profile' };

async function jsonOf(cwd: string, file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(resolve(cwd, file), 'utf8'));
  } catch (error) {
    throw usage(`plinth setup-profile: ${file}: ${error instanceof Error ? error.message : String(error)}. Correct it and try again.`);
  }
}

const list = command({
  path: ['setup-profile', 'list'],
  summary: 'List setup profiles',
  examples: ['setup-profile list'],
  run: async (context) => {
    const answer = await (await context.api()).get<z.infer<typeof SetupProfileList>>('/api/setup-profiles', {});
    show(context, answer, (colour) =>
      table(
        ['NAME', 'VERSION', 'PUBLISHED', 'VARIABLES'],
        answer.profiles.map(({ name, versions }) => {
          const [newest] = versions;
          const names = newest?.template.variables.map((variable) => variable.name).join(' ') ?? '';
          return [name, String(newest?.version ?? ''), newest ? ago(newest.published_at) : '', names];
        }),
        colour,
      ),
    );
    return EXIT.ok;
  },
});

const publish = command({
  path: ['setup-profile', 'publish'],
  summary: 'Publish a setup profile, or its next version, from a JSON file',
  positionals: [NAME, { name: 'file', help: 'its template' }],
  options: MUTATION_OPTIONS,
  examples: ['setup-profile publish my-app my-app.json'],
  run: async (context, [name = '', file = ''], { 'idempotency-key': idempotencyKey }) => {
    const body = { name, template: await jsonOf(context.io.cwd, file) };
    const answer = await (
      await context.api()
    ).change<z.infer<typeof SetupProfileAnswer>>('POST', '/api/setup-profiles', { body, idempotencyKey });
    show(context, answer, () => `Version ${answer.profile.versions[0]!.version} of ${name} is published.\n`);
    return EXIT.ok;
  },
});

const preview = command({
  path: ['setup-profile', 'preview'],
  summary: 'Show the script that a server would get',
  positionals: [NAME, { name: 'values', help: 'JSON file with values by variable', optional: true }],
  examples: ['setup-profile preview application values.json'],
  run: async (context, [profile = '', file = '']) => {
    const values = file === '' ? {} : await jsonOf(context.io.cwd, file);
    const request = { body: { profile, values }, idempotencyKey: undefined };
    const answer = await (await context.api()).change<z.infer<typeof SetupPreview>>('POST', '/api/setup-profiles/preview', request);
    show(context, answer, () => [...answer.notes.map((note) => `# ${plain(note)}\n`), answer.script].join(''));
    return EXIT.ok;
  },
});

const plans = command({
  path: ['vps-plan', 'list'],
  summary: 'List plans of accounts, with their markup',
  examples: ['vps-plan list'],
  run: async (context) => {
    const answer = await (await context.api()).get<z.infer<typeof VpsPlanList>>('/api/admin/vps-plans', {});
    show(context, answer, (colour) =>
      table(
        ['ID', 'NAME', 'PLAN', 'BASE', 'MARKUP', 'PRICE', 'ACTIVE'],
        answer.plans.map((each) => [
          each.id,
          plain(each.name),
          each.provider_plan_id,
          each.base_price.toFixed(2),
          each.markup_price.toFixed(2),
          `${each.price.toFixed(2)} ${each.currency}`,
          each.active ? 'yes' : 'no',
        ]),
        colour,
      ),
    );
    return EXIT.ok;
  },
});

export const setupProfileCommands: readonly Command[] = [list, publish, preview, plans];
