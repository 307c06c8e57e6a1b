/** `plinth key …`, `plinth state verify`, and a stack's past: `plinth stack history|export|rollback`. */
import type { MasterKeyRotated, MasterKeyState } from '../../contract/master-key.ts';
import type { StackExport, StackHistory, StackResources, StackRolledBack, StateVerified } from '../../contract/state.ts';
import { type Command, command, MUTATION_OPTIONS, VPS, YES_OPTION } from '../command.ts';
import { EXIT, usage } from '../errors.ts';
import { confirm, findVps } from '../find.ts';
import { ago, remark, show, status, table } from '../output.ts';

function keyTable({ key_id, keys }: MasterKeyState, colour: boolean): string {
  const rows = keys.map((key) => [
    key.key_id,
    key.key_id === key_id ? 'seals new values' : 'previous',
    String(key.values),
    status(key.loaded ? 'ok' : 'missing'),
  ]);
  return table(['KEY', 'USE', 'VALUES', 'STATE'], rows, colour);
}

const keyShow = command({
  path: ['key', 'show'],
  summary: 'Which master keys seal how much, by id; never a key',
  examples: ['key show'],
  run: async (context) => {
    const state = await (await context.api()).get<MasterKeyState>('/api/admin/master-key');
    show(context, state, (colour) => keyTable(state, colour));
    return state.keys.every(({ loaded }) => loaded) ? EXIT.ok : EXIT.failed;
  },
});

const keyRotate = command({
  path: ['key', 'rotate'],
  summary: 'Move every secret from the previous master key to the present one',
  details:
    'Start every process with PLINTH_MASTER_KEY set to the new key and PLINTH_MASTER_KEY_PREVIOUS to the old one, run this, ' +
    'then start them without the old one. Safe to interrupt and to repeat while the service works. Keep the old key with your old backups.',
  examples: ['key rotate'],
  run: async (context) => {
    const api = await context.api();
    let answer: MasterKeyRotated;
    let moved = 0;
    do {
      answer = await api.change<MasterKeyRotated>('POST', '/api/admin/master-key/rotate');
      moved += answer.rewrapped;
      if (!context.json && !answer.done) remark(context, `${moved} secret${moved === 1 ? '' : 's'} moved so far.`);
    } while (!answer.done && answer.rewrapped > 0);
    const last = { ...answer, rewrapped: moved };
    show(context, last, (colour) => `${keyTable(last, colour)}\n${moved} secret${moved === 1 ? '' : 's'} moved.\n`);
    for (const { table: name, column, id, reason } of answer.unreadable) remark(context, `${name}.${column} ${id}: ${reason}`);
    if (!context.json && answer.done) remark(context, 'Every secret is under the present key: PLINTH_MASTER_KEY_PREVIOUS can go.');
    return answer.done ? EXIT.ok : EXIT.failed;
  },
});

const stateVerify = command({
  path: ['state', 'verify'],
  summary: 'Check the state of every stack: integrity, secrets, leftovers',
  details: 'Changes nothing. Exit code 1 when something is wrong.',
  examples: ['state verify', 'state verify --json'],
  run: async (context) => {
    const api = await context.api();
    const found: StateVerified = { checked: 0, problems: [], next: null };
    let after: string | undefined;
    do {
      const page = await api.get<StateVerified>('/api/admin/state/verify', { after });
      found.checked += page.checked;
      found.problems.push(...page.problems);
      after = page.next ?? undefined;
    } while (after !== undefined);
    const sound = found.problems.length === 0;
    show(context, { ok: sound, checked: found.checked, problems: found.problems }, (colour) =>
      sound
        ? `${found.checked} stack${found.checked === 1 ? ' is' : 's are'} sound.\n`
        : table(
            ['STACK', 'WRONG', 'REMEDY'],
            found.problems.map(({ stack, rule, remedy }) => [stack, rule, remedy]),
            colour,
          ),
    );
    return sound ? EXIT.ok : EXIT.failed;
  },
});

const history = command({
  path: ['stack', 'history'],
  summary: 'Updates of a VPS’s stack, newest first, and which versions are kept',
  positionals: [VPS],
  options: { limit: { type: 'string', value: 'N', help: 'at most so many, 1 to 200; default 50' } },
  examples: ['stack history web-1'],
  run: async (context, [word = ''], { limit }) => {
    const api = await context.api();
    const answer = await api.get<StackHistory>(`/api/vps/${(await findVps(api, word)).id}/stack/history`, { limit });
    show(context, answer, (colour) =>
      table(
        ['VERSION', 'KIND', 'STATUS', 'BY', 'ENDED', 'KEPT', 'MESSAGE'],
        answer.updates.map((update) => [
          String(update.version),
          update.kind,
          status(update.status),
          update.actor,
          ago(update.ended_at),
          update.kept ? 'yes' : 'no',
          update.message,
        ]),
        colour,
      ),
    );
    return EXIT.ok;
  },
});

const resources = command({
  path: ['stack', 'resources'],
  summary: 'What a VPS’s stack holds, with the provider’s own ids',
  positionals: [VPS],
  examples: ['stack resources web-1'],
  run: async (context, [word = '']) => {
    const api = await context.api();
    const answer = await api.get<StackResources>(`/api/vps/${(await findVps(api, word)).id}/resources`);
    show(context, answer, (colour) =>
      table(
        ['NAME', 'TYPE', 'AT THE PROVIDER', 'PROTECTED'],
        answer.resources.map(({ name, type, provider_id, protect }) => [name, type, provider_id ?? '-', protect ? 'yes' : 'no']),
        colour,
      ),
    );
    return EXIT.ok;
  },
});

const exportState = command({
  path: ['stack', 'export'],
  summary: 'Print a kept version of a VPS’s state, as pulumi stack export does',
  details: 'Secrets stay the stack’s own ciphertext. plinth stack history names the versions that are kept.',
  positionals: [VPS, { name: 'version', help: 'number of the version' }],
  json: false,
  examples: ['stack export web-1 3'],
  run: async (context, [word = '', version = '']) => {
    const api = await context.api();
    const { id } = await findVps(api, word);
    const answer = await api.get<StackExport>(`/api/vps/${id}/stack/versions/${versionNumber(version)}`);
    context.io.out(`${JSON.stringify(answer.deployment, null, 2)}\n`);
    return EXIT.ok;
  },
});

const rollback = command({
  path: ['stack', 'rollback'],
  summary: 'Put a kept version of a VPS’s state in force; changes nothing at the provider',
  details: 'Refused while anything works on the VPS, and when that version names another server. Refresh the VPS afterwards.',
  positionals: [VPS, { name: 'version', help: 'number of the version to go back to' }],
  options: {
    reason: { type: 'string', value: 'TEXT', help: 'why; it is kept in the audit trail' },
    ...YES_OPTION,
    ...MUTATION_OPTIONS,
  },
  examples: ['stack rollback web-1 3 --reason "the import was wrong"'],
  run: async (context, [word = '', version = ''], options) => {
    const { reason } = options;
    if (reason === undefined) throw usage('plinth stack rollback: --reason is missing. Say why; it is kept in the audit trail.');
    const api = await context.api();
    const vps = await findVps(api, word);
    await confirm(context, options.yes, vps.label, `The state of "${vps.label}" will be that of version ${version}`);
    const answer = await api.change<StackRolledBack>('POST', `/api/vps/${vps.id}/stack/rollback`, {
      body: { version: versionNumber(version), reason },
      idempotencyKey: options['idempotency-key'],
    });
    show(
      context,
      answer,
      () => `Version ${answer.version} of ${answer.stack} is as version ${answer.to} was. Next: plinth vps refresh ${vps.label}\n`,
    );
    return EXIT.ok;
  },
});

function versionNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw usage(`"${text}" is no version number. plinth stack history names them.`);
  return Number(text);
}

export const upkeepCommands: readonly Command[] = [history, resources, exportState, rollback, stateVerify, keyShow, keyRotate];
