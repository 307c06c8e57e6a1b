/** The rules about who may do what. */
import { isPermission } from '../../contract/permissions.ts';
import { type Repository, served, withoutComments } from './repository.ts';

/** A route's literal, from its opening to the next one's. */
const ROUTE = /\broute\(\{([\s\S]*?)(?=\broute\(\{|$)/g;

/** A route that is not public asks for a permission, in its own declaration. */
export function routesDeclarePermission(files: Repository): string[] {
  const found: string[] = [];
  for (const [path, text] of served(files))
    for (const [, body] of withoutComments(text).matchAll(ROUTE)) {
      if (/^\s*\.\.\.(\w+),/.test(body!)) continue;
      const head = body!.slice(0, body!.indexOf('handler'));
      if (!/\bpermission\b/.test(head)) found.push(`${path} has a route without a permission: name one of contract/permissions.ts`);
    }
  return found;
}

/** What is asked for stands in the one table. */
export function permissionsAreKnown(files: Repository): string[] {
  const found: string[] = [];
  for (const [path, text] of served(files)) {
    const code = withoutComments(text);
    const asked = [
      ...code.matchAll(/\bpermission:\s*'([^']+)'/g),
      ...[...code.matchAll(/\b(?:can|mustCan|whyNot)\(([^;]*?)\)/g)].flatMap(([, inside]) => [...inside!.matchAll(/'([^'\s]+:[^'\s]+)'/g)]),
    ];
    for (const [, permission] of asked)
      if (permission !== 'public' && !isPermission(permission!))
        found.push(
          `${path} asks for ${permission}, which is not in the table: add it to contract/permissions.ts, or take one that is there`,
        );
  }
  return found;
}

/** Who may do what is not read off where somebody comes from, nor off the word of a role. */
export function rightsAreAsked(files: Repository): string[] {
  return [...served(files)]
    .filter(([path]) => path !== 'server/kernel/can.ts')
    .flatMap(([path, text]) =>
      [...withoutComments(text).matchAll(/\b(?:principal|who|person|caller)\.(?:organizationId [!=]== null|role [!=]== '\w+')/g)].map(
        ([code]) => `${path} decides by "${code}": ask can(…) or onPlatform(…) of server/kernel/can.ts`,
      ),
    );
}
