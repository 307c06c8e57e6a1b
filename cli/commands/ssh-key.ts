/** `plinth ssh-key …`: public keys that an organization keeps, to be picked for servers. */
import type { z } from 'zod';
import type { SshKeyAnswer, SshKeyList } from '../../contract/ssh-key.ts';
import { type Command, command, MUTATION_OPTIONS, YES_OPTION } from '../command.ts';
import { EXIT } from '../errors.ts';
import { confirm } from '../find.ts';
import { ago, plain, show, table } from '../output.ts';
import { inOrganization, OF_ORGANIZATION } from './member.ts';
import { findSshKey, SSH_KEYS as PATH } from './picked-keys.ts';
import { sshKey } from './vps-create.ts';

const KEY = [{ name: 'key', help: 'id, name or fingerprint' }];

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
    const { id } = await findSshKey(api, await inOrganization(api, options.organization), word);
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
    const { id, name } = await findSshKey(api, await inOrganization(api, options.organization), word);
    await confirm(context, options.yes, name, `${name} can no longer be picked; servers that have it let it in as before`);
    await api.change('DELETE', `${PATH}/${id}`, { idempotencyKey: options['idempotency-key'] });
    show(context, null, () => `${plain(name)} is no longer kept. Servers that have it let it in as before.\n`);
    return EXIT.ok;
  },
});

export const sshKeyCommands: readonly Command[] = [list, add, rename, remove];
