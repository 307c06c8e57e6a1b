/** `plinth import …`: rows of older systems, previewed first, repeated without doubling, undone. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { z } from 'zod';
import type { MovingAnswer, MovingList, MovingUndone } from '../../contract/compat/moving.ts';
import { type Command, command, MUTATION_OPTIONS } from '../command.ts';
import { parseCsv } from '../csv.ts';
import { EXIT, usage } from '../errors.ts';
import { ago, plain, show, table } from '../output.ts';

const SYSTEMS: Readonly<Record<string, string>> = {
  'trading-desk': 'A',
  'multi-provider': 'B',
  'personal-server': 'C',
  'server-shop': 'D',
  'exact-packages': 'E',
};
/** At once; a file may have more. */
const PAGE = 200;

const take = command({
  path: ['import'],
  summary: 'Take over the rows of an older system, or see what that would do',
  details: `Systems: ${Object.keys(SYSTEMS).join(', ')}. The file is JSON (an array of objects) or CSV with a header; docs/moving.md names the columns.`,
  positionals: [
    { name: 'system', help: 'which one' },
    { name: 'file', help: 'JSON or CSV' },
  ],
  options: { ...MUTATION_OPTIONS, preview: { type: 'boolean', help: 'write nothing' } },
  examples: ['import server-shop products.json --preview', 'import trading-desk servers.csv'],
  run: async (context, [system = '', file = ''], { preview = false, 'idempotency-key': key }) => {
    const letter = SYSTEMS[system];
    if (letter === undefined) throw usage(`plinth import: "${system}" is no system. Choose one of: ${Object.keys(SYSTEMS).join(', ')}.`);
    const rows = rowsOf(await readFile(resolve(context.io.cwd, file), 'utf8'), file);
    const api = await context.api();
    const answers: z.infer<typeof MovingAnswer>[] = [];
    for (let from = 0; from < rows.length; from += PAGE) {
      const body = { system: letter, rows: rows.slice(from, from + PAGE), preview };
      answers.push(
        await api.change<z.infer<typeof MovingAnswer>>('POST', '/api/admin/imports', {
          body,
          idempotencyKey: key === undefined ? undefined : `${key}-${from}`,
        }),
      );
    }
    show(context, answers, (colour) => answers.map((answer) => shown(answer, colour)).join('\n'));
    return answers.some(({ summary }) => summary.refused > 0) ? EXIT.failed : EXIT.ok;
  },
});

function rowsOf(text: string, file: string): unknown[] {
  try {
    const rows: unknown = /\.csv$/i.test(file) ? parseCsv(text) : JSON.parse(text);
    if (Array.isArray(rows)) return rows;
  } catch (error) {
    throw usage(`plinth import: ${file}: ${error instanceof Error ? error.message : String(error)}. Correct it and try again.`);
  }
  throw usage(`plinth import: ${file} holds no list of rows. Send an array of objects, or CSV with a header.`);
}

function shown({ id, preview, summary, rows }: z.infer<typeof MovingAnswer>, colour: boolean): string {
  const { created, known, refused } = summary;
  const head = preview
    ? `${created} rows would be taken over, ${known} are here already, ${refused} cannot be.\n`
    : `${created} rows were taken over, ${known} were here already, ${refused} could not be. Undo: plinth import undo ${id}\n`;
  const wrong = rows.filter(({ outcome }) => outcome === 'refused');
  if (wrong.length === 0) return head;
  return (
    head +
    table(
      ['ROW', 'KIND', 'KEY', 'WHY NOT'],
      wrong.map(({ row, kind, key, reason }) => [String(row), kind, plain(key), plain(reason ?? '')]),
      colour,
    )
  );
}

const list = command({
  path: ['import', 'list'],
  summary: 'List imports of older systems’ rows',
  examples: ['import list'],
  run: async (context) => {
    const answer = await (await context.api()).get<z.infer<typeof MovingList>>('/api/admin/imports', {});
    show(context, answer, (colour) =>
      table(
        ['ID', 'SYSTEM', 'ROWS', 'BY', 'AT', 'UNDONE'],
        answer.imports.map((each) => [
          each.id,
          each.system,
          String(each.rows),
          plain(each.by),
          ago(each.created_at),
          each.undone_at ? ago(each.undone_at) : 'no',
        ]),
        colour,
      ),
    );
    return EXIT.ok;
  },
});

const undo = command({
  path: ['import', 'undo'],
  summary: 'Take back what an import made, as far as nothing here needs it',
  positionals: [{ name: 'import', help: 'its id' }],
  options: MUTATION_OPTIONS,
  examples: ['import undo 6f1c5c1e-6d2f-4f0e-9a51-2f7a3f0a9c11'],
  run: async (context, [id = ''], { 'idempotency-key': idempotencyKey }) => {
    const path = `/api/admin/imports/${encodeURIComponent(id)}/undo`;
    const answer = await (await context.api()).change<z.infer<typeof MovingUndone>>('POST', path, { idempotencyKey });
    show(context, answer, (colour) => {
      const head = `${answer.removed} were taken back, ${answer.kept.length} stay.\n`;
      const rows = answer.kept.map(({ kind, key, reason }) => [kind, plain(key), plain(reason)]);
      return rows.length === 0 ? head : head + table(['KIND', 'KEY', 'WHY'], rows, colour);
    });
    return EXIT.ok;
  },
});

export const moving: readonly Command[] = [take, list, undo];
