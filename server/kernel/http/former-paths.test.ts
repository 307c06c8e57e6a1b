import { z } from 'zod';
import { expect, it } from 'vitest';
import { tellSuccessor, withFormerPaths } from './former-paths.ts';
import { route } from './route.ts';

const undo = route({
  method: 'post',
  path: '/api/things/:id/undo',
  formerly: '/api/things/:id/restore',
  summary: 'x',
  permission: 'vps:undo',
  params: z.strictObject({ id: z.string() }),
  responses: {},
  handler: async () => ({ status: 200 }),
});

it('lets a renamed route answer under both names, the same in all but its address', () => {
  const [now, before, ...more] = withFormerPaths([undo]);
  expect([now?.path, before?.path, more]).toEqual(['/api/things/:id/undo', '/api/things/:id/restore', []]);
  expect(before).toMatchObject({
    permission: 'vps:undo',
    handler: undo.handler,
    successor: '/api/things/:id/undo',
    id: expect.any(String),
  });
  expect(withFormerPaths([{ ...undo, formerly: undefined } as never]).length).toBe(1);
});

it('says where it is now, with the address filled in', () => {
  const headers = new Map<string, string>();
  const response = { setHeader: (name: string, value: string) => headers.set(name, value) } as never;
  tellSuccessor(response, undo, { id: 'a/b' });
  expect([...headers]).toEqual([]);
  tellSuccessor(response, { successor: undo.path }, { id: 'a/b' });
  expect(headers.get('deprecation')).toMatch(/^@\d+$/);
  expect(headers.get('link')).toBe('</api/things/a%2Fb/undo>; rel="successor-version"');
});
