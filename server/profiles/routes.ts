/** /api/setup-profiles: what is put on servers at their first boot. */
import {
  SetupPreview,
  SetupPreviewRequest,
  SetupProfileAnswer,
  SetupProfileList,
  SetupProfileParams,
  SetupPublish,
} from '../../contract/setup-profile.ts';
import { type Route, route } from '../kernel/http/route.ts';
import type { Services } from '../kernel/services.ts';
import { mustProfileRow, presentProfile, previewProfile, publishProfile } from './profiles.ts';
import { listProfiles } from './store.ts';

export function setupProfileRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/setup-profiles',
      summary: 'Setup profiles with their versions',
      permission: 'template:read',
      responses: { 200: { description: 'All of them, by name.', schema: SetupProfileList } },
      handler: async () => ({ status: 200, body: { profiles: (await listProfiles(services.db)).map(presentProfile) } }),
    }),
    route({
      method: 'get',
      path: '/api/setup-profiles/:name',
      summary: 'One setup profile',
      permission: 'template:read',
      params: SetupProfileParams,
      responses: { 200: { description: 'With its versions, the newest first.', schema: SetupProfileAnswer } },
      handler: async ({ params }) => ({ status: 200, body: { profile: presentProfile(await mustProfileRow(services.db, params.name)) } }),
    }),
    route({
      method: 'post',
      path: '/api/setup-profiles',
      id: 'publishSetupProfile',
      summary: 'Publish a setup profile, or the next version of one',
      permission: 'template:write',
      body: SetupPublish,
      responses: { 201: { description: 'Published; servers that were made before keep theirs.', schema: SetupProfileAnswer } },
      transaction: true,
      handler: async ({ principal, body, tx }) => {
        const row = await publishProfile(tx, principal, body.name, body.template);
        return { status: 201, body: { profile: presentProfile(row) } };
      },
    }),
    route({
      method: 'post',
      path: '/api/setup-profiles/preview',
      id: 'previewSetupProfile',
      summary: 'What a server would get, without one',
      permission: 'template:read',
      body: SetupPreviewRequest,
      responses: { 200: { description: 'The script and its files, with placeholders for secrets.', schema: SetupPreview } },
      apart: 'changes nothing',
      handler: async ({ body }) => ({ status: 200, body: await previewProfile(services.db, body) }),
    }),
  ];
}
