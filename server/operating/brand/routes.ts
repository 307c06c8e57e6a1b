/** /api/brand: how the installation shows itself to customers, applied to their pages and mails without a build. */
import { BrandAnswer, BrandPatch } from '../../../contract/brand.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { type Route, route, STREAMED } from '../../kernel/http/route.ts';
import type { Services } from '../../kernel/services.ts';
import { brandOf, saveBrand } from './store.ts';
import { styleOf } from './style.ts';

const OPEN = { method: 'get', permission: 'public', unrepeated: true } as const;
/** Of one colour, where none was given. */
const ICON = '/favicon.svg';

export function brandRoutes(services: Services): Route[] {
  return [
    route({
      ...OPEN,
      path: '/api/brand',
      summary: 'Name, logo and colours of this installation',
      responses: { 200: { description: 'As it is now.', schema: BrandAnswer } },
      handler: async () => ({ status: 200, body: { brand: await brandOf(services.db) } }),
    }),
    ...files(services),
    route({
      method: 'patch',
      path: '/api/admin/brand',
      id: 'changeBrand',
      summary: 'Change name, logo or colours; pages and mails follow at once',
      permission: 'brand:write',
      body: BrandPatch,
      transaction: true,
      responses: { 200: { description: 'As it is now.', schema: BrandAnswer } },
      handler: async ({ principal, body, tx }) => {
        const brand = { ...(await brandOf(tx)), ...body };
        await saveBrand(tx, brand);
        const entry = { actor: principal.name, action: 'brand.changed', target: 'brand', organizationId: null };
        await appendAudit(tx, { ...entry, data: { changed: Object.keys(body) } });
        return { status: 200, body: { brand } };
      },
    }),
  ];
}

/** What browsers load by themselves. */
function files(services: Services): Route[] {
  return [
    route({
      ...OPEN,
      path: '/api/brand/style.css',
      id: 'getBrandStyle',
      summary: 'The brand’s colours as a stylesheet of both themes',
      responses: { 200: { description: 'The stylesheet.', media: ['text/css'] } },
      handler: async ({ response }) => {
        response
          .type('css')
          .setHeader('cache-control', 'no-cache')
          .send(styleOf(await brandOf(services.db)));
        return STREAMED;
      },
    }),
    route({
      ...OPEN,
      path: '/api/brand/app.webmanifest',
      id: 'getBrandManifest',
      summary: 'What a phone installs the customers’ pages by',
      responses: { 200: { description: 'The manifest.', media: ['application/manifest+json'] } },
      handler: async ({ response }) => {
        const { name, logo } = await brandOf(services.db);
        const icon = logo === null ? { src: ICON, type: 'image/svg+xml' } : { src: logo, type: /^data:([^;]+)/.exec(logo)![1]! };
        const look = { background_color: '#101518', theme_color: '#101518', icons: [{ ...icon, sizes: 'any', purpose: 'any' }] };
        const manifest = {
          id: '/portal',
          name,
          short_name: name.slice(0, 12),
          start_url: '/portal',
          scope: '/',
          display: 'standalone',
          ...look,
        };
        response.type('application/manifest+json').setHeader('cache-control', 'no-cache').send(JSON.stringify(manifest));
        return STREAMED;
      },
    }),
  ];
}
