/** One word per thing: the synonyms that a thing had once do not come back as names in code. */
import { isCode, type Repository, withoutComments } from './repository.ts';

interface Synonym {
  /** Files in which the word has its other meaning. */
  readonly but?: RegExp;
  readonly name: RegExp;
  readonly remedy: string;
}

/** Where things are bought and sold, an order is one. */
const SELLING =
  /^(server\/(products|billing|orders|payments|notifications|compat|identity)|contract|prisma|providers|simulator|bench|scripts|test)\/|^server\/kernel\/hooks\.ts$|^cli\/commands\/(shop-order|order|product|price|stock|subscription|organization)|^(server|cli)\/[a-z]+\.ts$|^web\//;

const SYNONYMS: readonly Synonym[] = [
  {
    name: /\b(order(?!By\b|edEnd\b|edAt\b)[A-Z]\w*|order(?=\()|(?:on|mark)Ordered)\b/g,
    but: SELLING,
    remedy: 'an order is a purchase; a change of a VPS is a request',
  },
  {
    name: /\b\w*[aA]utomation\w*\b/g,
    but: /^(automation|stacks|bench|test|scripts|components|providers|prisma)\/|^server\/kernel\/kill-switches\/store\.ts$|^server\/app\.ts$|\/runtime\.ts$/,
    remedy: 'automation is the engine’s folder; what Plinth does by itself has kill switches and drift policies',
  },
  {
    name: /\b\w*[dD]riftRule\w*\b/g,
    but: /^(prisma|test)\/|^server\/drift\/policies\/store\.ts$/,
    remedy: 'it is a drift policy',
  },
  { name: /\b(operatorOnly|operatorProblem|isSeller)\b/g, but: /^test\//, remedy: 'operator is a role; the seller’s side is the platform' },
  { name: /\brestoreVps\b|\brestoreTermination\b/g, remedy: 'snapshots are restored; a termination is undone' },
];

export function oneWordPerThing(files: Repository): string[] {
  return [...files].flatMap(([path, text]) => {
    if (!isCode(path) || path.includes('/generated/')) return [];
    const names = withoutComments(text).replaceAll(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`[^`]*`/g, "''");
    return SYNONYMS.flatMap(({ name, but, remedy }) => {
      if (but?.test(path)) return [];
      return [...new Set([...names.matchAll(name)].map(([found]) => found))].map((found) => `${path}: ${found}: ${remedy}`);
    });
  });
}
