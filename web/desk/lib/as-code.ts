/** What a form holds, as text for people who would rather have it in a script: the same request by other ways. */
import { PATHS } from '../../kit/api/generated/paths.ts';

/** A route, by the name of its function in `api`. */
export type Route = keyof typeof PATHS;

export interface Request {
  readonly method: string;
  /** Of the API, from its root. */
  readonly path: string;
  readonly body: object;
}

/** A part of the body that is never shown: the script has it in the environment. */
export interface Secret {
  /** Where it stands in the body, from the outside in. */
  readonly at: readonly string[];
  readonly variable: string;
}

/** @param parts of the route's path, by name */
export function requestOf(route: Route, body: object, parts: Readonly<Record<string, string>> = {}): Request {
  const [method = '', path = ''] = PATHS[route].split(' ');
  return { method, path: path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parts[name] ?? '')), body };
}

/** One word of a shell, whatever stands in it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** What the shell takes as it stands: JSON has no line of its own that could end it. */
export const heredoc = (body: object): string => `\n${JSON.stringify(body, null, 2)}\nEND`;

/** With the token in `PLINTH_TOKEN`. @param origin where the service answers @param secrets put in by jq, from its environment */
export function asCurl({ method, path, body }: Request, origin: string, secrets: readonly Secret[] = []): string {
  const headers = `-H "authorization: Bearer $PLINTH_TOKEN" -H 'content-type: application/json'`;
  const curl = `curl --fail-with-body -X ${method} ${shellWord(`${origin}${path}`)} \\\n  ${headers} \\\n  --data @-`;
  if (secrets.length === 0) return `${curl} <<'END'${heredoc(body)}`;
  const program = secrets.map(({ at, variable }) => `.${at.join('.')} = $ENV.${variable}`).join(' | ');
  return `jq '${program}' <<'END' | ${curl}${heredoc(body)}`;
}

/** For `plinth`, which knows service and token of its last login. */
export function asCommand(body: object): string {
  return `plinth vps create --file /dev/stdin --wait <<'END'${heredoc(body)}`;
}

/** A resource of somebody's own Pulumi program: made with its first update, destroyed with its stack. */
export function asProgram(body: object & { readonly label: string }): string {
  const wanted = JSON.stringify(body, null, 2).replaceAll('\n', '\n    ');
  return `import { local } from '@pulumi/command';

new local.Command(${JSON.stringify(body.label)}, {
  create: 'plinth vps create --file /dev/stdin --wait',
  stdin: JSON.stringify(
    ${wanted},
  ),
  delete: ${JSON.stringify(`plinth vps destroy ${body.label} --grace 0 --yes --wait`)},
});`;
}
