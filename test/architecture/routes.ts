/** The rules about what a file with routes says itself, and what stands elsewhere. */
import { type Repository, served, withoutComments } from './repository.ts';

const DECLARES = /\broute\(\{/;
const SHAPE = /\bz(?:\.\w+)+\(|\b[A-Z]\w*\.(?:extend|safeExtend|pick|omit|partial|strip|loose)\(/g;
const TRANSACTION = /\b(?:inTransaction|atomically)\(|\$transaction\(/g;

/** What is sent and answered stands in contract/, where clients, pages and the document find it by its name. */
export function shapesAreInContract(files: Repository): string[] {
  return inRoutes(files, SHAPE, 'move the shape into its noun’s file in contract/ (…Query, …Params, …Answer) and import it');
}

/** The router opens the one transaction, so that change, audit entry and kept answer are one. */
export function routersTransaction(files: Repository): string[] {
  return inRoutes(
    files,
    TRANSACTION,
    'say `transaction: true` and take `tx`; what is streamed begins `afterwards` (server/kernel/http/route.ts)',
  );
}

function inRoutes(files: Repository, forbidden: RegExp, remedy: string): string[] {
  return [...served(files)].flatMap(([path, text]) => {
    const code = withoutComments(text);
    return DECLARES.test(code) ? [...code.matchAll(forbidden)].map(([found]) => `${path} has routes and says ${found}: ${remedy}`) : [];
  });
}
