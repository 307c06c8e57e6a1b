/** What routes were called before: they answer there too for one version, and say where they are now. */
import type { Response } from 'express';
import { operationIdOf } from './operation-id.ts';
import type { Route } from './route.ts';

/** When the present names came (RFC 9745: seconds since 1970). */
const SINCE = '@1795737600';

/** The routes with their former paths, each a route of its own. */
export function withFormerPaths(routes: readonly Route[]): Route[] {
  return routes.flatMap((each) => {
    if (each.formerly === undefined) return [each];
    const { formerly, ...now } = each;
    return [each, { ...now, path: formerly, id: `${operationIdOf(now)}Formerly`, successor: now.path }];
  });
}

/** The headers of an answer under a former path. */
export function tellSuccessor(
  response: Response,
  { successor }: Pick<Route, 'successor'>,
  params: Readonly<Record<string, unknown>>,
): void {
  if (successor === undefined) return;
  const address = successor.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])));
  response.setHeader('deprecation', SINCE);
  response.setHeader('link', `<${address}>; rel="successor-version"`);
}
