/** One scan of the repository, which every architecture rule reads. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Path from the root (with `/`) to content. */
export type Repository = ReadonlyMap<string, string>;

export const ROOT = join(import.meta.dirname, '..', '..');

const TEXT = /\.(ts|tsx|mts|js|mjs|md|json|yaml|yml|prisma|sql|example|css|html)$/;

/** Every text file that is, or would be, under version control. */
export async function scanRepository(): Promise<Repository> {
  const { stdout } = await promisify(execFile)('git', ['ls-files', '-coz', '--exclude-standard'], { cwd: ROOT, maxBuffer: 1 << 26 });
  const paths = stdout.split('\0').filter((path) => TEXT.test(path) && path !== 'package-lock.json');
  const files = await Promise.all(
    // A file that is listed and gone (deleted, not yet committed) is no file.
    paths.map(async (path) => [path, await readFile(join(ROOT, path), 'utf8').catch(() => undefined)] as const),
  );
  return new Map(files.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

export const isCode = (path: string): boolean => /\.(ts|tsx|mts)$/.test(path);
export const isTest = (path: string): boolean =>
  /(\.(test|spec|e2e|browser)|\/testing)\.tsx?$/.test(path) || /(^|\/)(test|testing|bench)\//.test(path);

/** What the service runs. */
export function served(files: Repository): Repository {
  return new Map([...files].filter(([path]) => path.startsWith('server/') && path.endsWith('.ts') && !isTest(path)));
}

/** The text without comments, lines kept, so that a rule on code is not tripped by prose. Strings stay. */
export function withoutComments(text: string): string {
  return text.replace(
    // Strings first, so that a `//` inside one is not taken for a comment.
    /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|\/\*[\s\S]*?\*\/|(?<![:/])\/\/[^\n]*/g,
    (match) => (match.startsWith('/') ? match.replace(/[^\n]/g, '') : match),
  );
}
