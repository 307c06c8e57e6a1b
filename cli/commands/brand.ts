/** `plinth brand …`: how the installation shows itself to its customers. */
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Brand, BrandPatch } from '../../contract/brand.ts';
import { type Command, command, MUTATION_OPTIONS } from '../command.ts';
import { EXIT, usage } from '../errors.ts';
import { plain, show } from '../output.ts';

interface Answer {
  readonly brand: Brand;
}

const PICTURES: Readonly<Record<string, string>> = { '.svg': 'image/svg+xml', '.png': 'image/png', '.webp': 'image/webp' };

const text = ({ brand }: Answer): string =>
  [
    `Name     ${plain(brand.name)}`,
    `Logo     ${brand.logo === null ? 'the product’s own' : `${brand.logo.length} characters`}`,
    `Accent   ${brand.accent ?? 'the product’s own'}`,
    `Shape    ${brand.shape}`,
    `Font     ${brand.font === null ? 'the device’s own' : plain(brand.font)}`,
    `Help     ${brand.support_email ?? '-'}`,
    ...brand.links.map(({ label, url }) => `Link     ${plain(label)} ${url}`),
    '',
  ].join('\n');

const look = command({
  path: ['brand', 'show'],
  summary: 'Show name, logo and colours of the customers’ pages',
  examples: ['brand show'],
  run: async (context) => {
    const answer = await (await context.api()).get<Answer>('/api/brand');
    show(context, answer, () => text(answer));
    return EXIT.ok;
  },
});

const set = command({
  path: ['brand', 'set'],
  summary: 'Change them; pages and mails follow at once',
  options: {
    name: { type: 'string', value: 'TEXT', help: 'how customers know you' },
    logo: { type: 'string', value: 'FILE', help: 'an SVG, PNG or WebP picture; "none": the product’s own' },
    accent: { type: 'string', value: 'COLOUR', help: 'of buttons and links, such as #0f766e; "none": the product’s own' },
    shape: { type: 'string', value: 'WORD', help: 'sharp, soft or round corners' },
    font: { type: 'string', value: 'NAMES', help: 'fonts that readers have; "none": the device’s own' },
    support: { type: 'string', value: 'ADDRESS', help: 'mail for help; "none": no one' },
    ...MUTATION_OPTIONS,
  },
  examples: ['brand set --name "Acme Hosting" --accent "#7c3aed" --logo logo.svg'],
  run: async (context, _words, options) => {
    const orNull = (said: string | undefined): string | null | undefined => (said === 'none' ? null : said);
    const { name, shape, accent, font, support, logo } = options;
    const asked = { name, shape, accent: orNull(accent), font: orNull(font), support_email: orNull(support) };
    const body = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) as BrandPatch;
    if (logo !== undefined) body.logo = logo === 'none' ? null : await dataUrl(join(context.io.cwd, logo));
    if (Object.keys(body).length === 0) throw usage('plinth brand set: say what changes, such as --name.');
    const request = { body, idempotencyKey: options['idempotency-key'] };
    const answer = await (await context.api()).change<Answer>('PATCH', '/api/admin/brand', request);
    show(context, answer, () => text(answer));
    return EXIT.ok;
  },
});

async function dataUrl(path: string): Promise<string> {
  const type = PICTURES[extname(path).toLowerCase()];
  if (type === undefined) throw usage('plinth brand set: the logo is an .svg, .png or .webp file.');
  return `data:${type};base64,${(await readFile(path)).toString('base64')}`;
}

export const brandCommands: readonly Command[] = [look, set];
