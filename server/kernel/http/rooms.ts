/** Routes by how their paths begin: a request is compared with those of its own noun, not with all. */
import type { RequestHandler, Router } from 'express';
import type { Route } from './route.ts';

/** Paths begin with two fixed parts, where no route with the same first part has a parameter in the second. */
export function byRoom(routes: readonly Route[], routerOf: (routes: readonly Route[]) => Router): RequestHandler {
  const open = new Set(routes.filter(({ path }) => isParameter(path.split('/')[2])).map(({ path }) => path.split('/')[1]));
  const nameOf = (path: string): string => {
    const [, first = '', second = ''] = path.split('/', 3);
    return open.has(first) ? first : `${first}/${second}`;
  };
  const beginning = routes.find(({ path }) => isParameter(path.split('/')[1]));
  if (beginning) throw new Error(`${beginning.path} begins with a parameter. Begin it with a fixed part.`);
  const rooms = new Map([...Map.groupBy(routes, ({ path }) => nameOf(path))].map(([name, list]) => [name, routerOf(list)]));
  return (request, response, next) => {
    const room = rooms.get(nameOf(request.path));
    if (room) room(request, response, next);
    else next();
  };
}

function isParameter(part: string | undefined): boolean {
  return part?.startsWith(':') === true;
}
