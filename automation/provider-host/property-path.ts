/** Property paths in the engine's notation: `tags[0]`, `network.ipv4`, `labels["a.b"]`. */
export type PathPart = string | number;

const PLAIN_NAME = /^[^.[\]"]+$/;

export function formatPath(parts: readonly PathPart[]): string {
  let path = '';
  for (const part of parts) {
    if (typeof part === 'number') path += `[${part}]`;
    else if (!PLAIN_NAME.test(part)) path += `["${part.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"]`;
    else path += path === '' ? part : `.${part}`;
  }
  return path;
}

/** Splits a path as a program writes it in `ignoreChanges`; `*` stands for any name or index. */
export function parsePath(path: string): PathPart[] {
  const parts: PathPart[] = [];
  const token = /\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|([^.[\]"]+)/gy;
  let at = 0;
  while (at < path.length) {
    if (path[at] === '.') at += 1;
    token.lastIndex = at;
    const match = token.exec(path);
    if (!match) return [path];
    if (match[1] !== undefined) parts.push(match[1].replaceAll(/\\(.)/g, '$1'));
    else if (match[2] !== undefined) parts.push(match[2] === '*' ? '*' : Number(match[2]));
    else parts.push(match[3]!);
    at = token.lastIndex;
  }
  return parts;
}

/** True when `path` is the pattern or lies below it. */
export function coveredBy(path: readonly PathPart[], pattern: readonly PathPart[]): boolean {
  return pattern.length <= path.length && pattern.every((part, index) => part === '*' || String(part) === String(path[index]));
}
