/** `plinth ssh-key …`: public keys that an organization keeps, to be picked for servers. */
import type { z } from 'zod';
import type { SshKey, SshKeyAnswer, SshKeyList } from '../../contract/ssh-key.ts';
import type { Api } from '../api.ts';
import { type Command, command, MUTATION_OPTIONS, YES_OPTION } from '../command.ts';
import { CliError, EXIT, usage } from '../errors.ts';
import { confirm } from '../find.ts';
import { ago, plain, show, table } from '../output.ts';
import { inOrganization, OF_ORGANIZATION } from './member.ts';
import { sshKey } from './vps-create.ts';

const PATH = '/api/ssh-keys';
const KEY = [{ name: 'key', help: 'id, name or fingerprint' }];

async function find(api: Api, query: { organization_id?: string }, word: string): Promise<SshKey> {
  const { ssh_keys: all } = await api.get<z.infer<typeof SshKeyList>>(PATH, query);
  const found = all.filter(({ id, name, fingerprint }) => [id, name, fingerprint].includes(word));
  if (found.length === 1) return found[0]!;
  if (found.length > 1)
    throw usage(`${found.length} keys are called "${word}". Name one by its id: ${found.map(({ id }) => id).join(', ')}.`);
  throw new CliError(EXIT.notFound, `There is no SSH key "${word}". See: plinth ssh-key list`);
}

const list = command({
  path: ['ssh-key', 'list'],
  summary: 'List the SSH keys that an organization keeps',
  options: OF_ORGANIZATION,
  examples: ['ssh-key list', 'ssh-key list --organization acme'],
  run: async (context, _args, { organization }) => {
    const api = await context.api();
    const answer = await api.get<z.infer<typeof SshKeyList>>(PATH, await inOrganization(api, organization));
    show(context, answer, (colour) =>
      table(
        ['ID', 'NAME', 'TYPE', 'FINGERPRINT', 'ADDED BY', 'LAST USED'],
        answer.ssh_keys.map((each) => [
          each.id,
          plain(each.name),
          each.type,
          each.fingerprint,
          plain(each.added_by),
          each.last_used_at === null ? 'never' : ago(each.last_used_at),
        ]),
        colour,
      ),
    );
    return EXIT.ok;
  },
});

const add = command({
  path: ['ssh-key', 'add'],
  summary: 'Keep a public key, to be picked for servers',
  positionals: [
    { name: 'name', help: 'what it is called' },
    { name: 'file', help: 'public key file (or the key itself)' },
  ],
  options: { ...OF_ORGANIZATION, ...MUTATION_OPTIONS },
  examples: ['ssh-key add laptop ~/.ssh/id_ed25519.pub'],
  run: async (context, [name = '', file = ''], options) => {
    const text = await sshKey(context.io.cwd, file);
    const api = await context.api();
    const body = { name, public_key: text, ...(await inOrganization(api, options.organization)) };
    const answer = await api.change<z.infer<typeof SshKeyAnswer>>('POST', PATH, { body, idempotencyKey: options['idempotency-key'] });
    show(context, answer, () => `${plain(name)} is ${answer.ssh_key.id}, ${answer.ssh_key.fingerprint}.\n`);
    return EXIT.ok;
  },
});

const rename = command({
  path: ['ssh-key', 'rename'],
  summary: 'Rename a kept SSH key',
  positionals: [...KEY, { name: 'name', help: 'the new name' }],
  options: { ...OF_ORGANIZATION, ...MUTATION_OPTIONS },
  examples: ['ssh-key rename laptop old-laptop'],
  run: async (context, [word = '', name = ''], options) => {
    const api = await context.api();
    const { id } = await find(api, await inOrganization(api, options.organization), word);
    const request = { body: { name }, idempotencyKey: options['idempotency-key'] };
    const answer = await api.change<z.infer<typeof SshKeyAnswer>>('PATCH', `${PATH}/${id}`, request);
    show(context, answer, () => `It is ${plain(name)} now.\n`);
    return EXIT.ok;
  },
});

const remove = command({
  path: ['ssh-key', 'remove'],
  summary: 'Keep an SSH key no longer; servers that have it keep it',
  positionals: KEY,
  options: { ...OF_ORGANIZATION, ...YES_OPTION, ...MUTATION_OPTIONS },
  examples: ['ssh-key remove old-laptop --yes'],
  run: async (context, [word = ''], options) => {
    const api = await context.api();
    const { id, name } = await find(api, await inOrganization(api, options.organization), word);
    await confirm(context, options.yes, name, `${name} can no longer be picked; servers that have it let it in as before`);
    await api.change('DELETE', `${PATH}/${id}`, { idempotencyKey: options['idempotency-key'] });
    show(context, null, () => `${plain(name)} is no longer kept. Servers that have it let it in as before.\n`);
    return EXIT.ok;
  },
});

export const sshKeyCommands: readonly Command[] = [list, add, rename, remove];
