/** The rules about what a file with routes says itself, and what stands elsewhere. */
import { type Repository, served, withoutComments } from './repository.ts';

const DECLARES = /\broute\(\{/;
const SHAPE = /\bz(?:\.\w+)+\(|\b[A-Z]\w*\.(?:extend|safeExtend|pick|omit|partial|strip|loose)\(/g;

/** What is sent and answered stands in contract/, where clients, pages and the document find it by its name. */
export function shapesAreInContract(files: Repository): string[] {
  return inRoutes(files, SHAPE, 'move the shape into its noun’s file in contract/ (…Query, …Params, …Answer) and import it');
}

function inRoutes(files: Repository, forbidden: RegExp, remedy: string): string[] {
  return [...served(files)].flatMap(([path, text]) => {
    const code = withoutComments(text);
    return DECLARES.test(code) ? [...code.matchAll(forbidden)].map(([found]) => `${path} has routes and says ${found}: ${remedy}`) : [];
  });
}
