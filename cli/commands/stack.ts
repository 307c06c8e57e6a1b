/** `plinth stack pull`: what a person needs to work on one VPS with the plain `pulumi` command. */
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { ensureToolchain } from '../../automation/toolchain.ts';
import type { StackAnswer } from '../../contract/stack.ts';
import { writePrivate } from '../../lib/private-files.ts';
import { type Command, command, VPS } from '../command.ts';
import { EXIT } from '../errors.ts';
import { findVps } from '../find.ts';
import { remark, show } from '../output.ts';

const repositoryRoot = dirname(dirname(import.meta.dirname));

const pull = command({
  path: ['stack', 'pull'],
  summary: 'Write a VPS’s stack config and say how to work on it with pulumi',
  details: 'Writes Pulumi.vps-<id>.yaml beside Pulumi.yaml, over an older one. It holds no readable secret. See docs/working-by-hand.md.',
  positionals: [VPS],
  options: { dir: { type: 'string', value: 'DIR', help: 'folder with Pulumi.yaml; default: where plinth is installed' } },
  examples: ['stack pull web-1', 'stack pull web-1 --json'],
  run: async (context, [word = ''], { dir }) => {
    const api = await context.api();
    const { url, tokenFrom } = api.connection;
    const vps = await findVps(api, word);
    const answer = await api.get<StackAnswer>(`/api/vps/${vps.id}/stack`);
    const folder = dir ?? repositoryRoot;
    const file = join(folder, `Pulumi.${answer.stack}.yaml`);
    await writePrivate(file, stackConfig(answer));
    if (context.json) {
      show(context, { ...answer, file }, () => '');
      return EXIT.ok;
    }
    const toolchain = await ensureToolchain({
      need: 'engine+language',
      onProgress: (line) => remark(context, line),
      env: { ...context.io.env },
    });
    context.io.out(
      nextSteps({
        answer,
        folder,
        file,
        url,
        tokenFrom,
        pulumiDir: dirname(toolchain.pulumi),
        languageDir: toolchain.languageHostDir ?? '',
      }),
    );
    return EXIT.ok;
  },
});

/** The file's text: Pulumi's own form, objects kept as objects. Texts are quoted: its reader takes some for times or switches. */
export function stackConfig({ config }: Pick<StackAnswer, 'config'>): string {
  return `# Written by plinth stack pull; pulled again, it is written anew.\n${stringify({ config }, { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' })}`;
}

interface Next {
  readonly answer: StackAnswer;
  readonly folder: string;
  readonly file: string;
  readonly url: string;
  readonly tokenFrom: string | null;
  readonly pulumiDir: string;
  readonly languageDir: string;
}

/** Lines to paste. The token itself is never printed. */
export function nextSteps({ answer, folder, file, url, tokenFrom, pulumiDir, languageDir }: Next): string {
  const path = [...new Set([pulumiDir, languageDir, join(repositoryRoot, 'node_modules', '.bin')].filter(Boolean))].join(':');
  const token = tokenFrom?.endsWith('admin-token')
    ? `"$(cat ${quote(tokenFrom)})"`
    : tokenFrom === 'PLINTH_TOKEN'
      ? '"$PLINTH_TOKEN"'
      : '<your token>';
  return [
    `Wrote ${file}`,
    '',
    'What next:',
    `  cd ${quote(folder)}`,
    `  export PATH=${quote(path)}:"$PATH"`,
    `  export PULUMI_ACCESS_TOKEN=${token}`,
    '  export PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true PULUMI_SKIP_UPDATE_CHECK=true',
    `  pulumi login ${url}`,
    `  pulumi stack select ${answer.organization}/${answer.project}/${answer.stack}`,
    '  pulumi preview',
    '  pulumi up',
    '  pulumi refresh',
    '',
  ].join('\n');
}

function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

export const stackCommands: readonly Command[] = [pull];
