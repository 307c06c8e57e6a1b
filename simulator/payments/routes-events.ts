/** The account, its events and where they are sent. */
import { type Api, must, page, PAGE } from './api.ts';
import { missing } from './errors.ts';
import { listOf, metadataOf, textOf } from './form.ts';
import { all, fresh } from './objects.ts';

export const hookRoutes: Api[] = [
  {
    method: 'get',
    path: '/account',
    fields: [],
    run: () => ({ id: 'acct_simulator', object: 'account', charges_enabled: true, country: 'DE', default_currency: 'eur' }),
  },
  {
    method: 'get',
    path: '/events',
    fields: [...PAGE, 'type', 'types'],
    run: (world, { form }) => page(all(world, 'events').all(), form, '/v1/events'),
  },
  { method: 'get', path: '/events/:id', fields: [], run: (world, { params }) => must(all(world, 'events'), 'event', params['id']!) },
  {
    method: 'post',
    path: '/webhook_endpoints',
    fields: ['url', 'enabled_events', 'api_version', 'description'],
    run: (world, { form }) => {
      const [url, types] = [textOf(form, 'url'), listOf(form, 'enabled_events').map(String)];
      if (url === undefined) throw missing('url');
      if (types.length === 0) throw missing('enabled_events');
      return all(world, 'endpoints').put({
        ...fresh(world, 'endpoints', 'webhook_endpoint'),
        url,
        status: 'enabled',
        enabled_events: types,
        api_version: textOf(form, 'api_version') ?? null,
        metadata: metadataOf(form),
        secret: `whsec_${world.hex(32)}`,
      });
    },
  },
  {
    method: 'get',
    path: '/webhook_endpoints',
    fields: PAGE,
    // The secret is told once, when it is made.
    run: (world, { form }) =>
      page(
        all(world, 'endpoints')
          .all()
          .map(({ secret: _secret, ...rest }) => rest),
        form,
        '/v1/webhook_endpoints',
      ),
  },
  {
    method: 'post',
    path: '/webhook_endpoints/:id',
    fields: ['url', 'enabled_events', 'disabled', 'description'],
    run: (world, { params, form }) => {
      const found = must(all(world, 'endpoints'), 'webhook_endpoint', params['id']!);
      const types = listOf(form, 'enabled_events').map(String);
      const disabled = textOf(form, 'disabled');
      const { secret: _secret, ...rest } = all(world, 'endpoints').put({
        ...found,
        url: textOf(form, 'url') ?? found.url,
        enabled_events: types.length > 0 ? types : found.enabled_events,
        status: disabled === undefined ? found.status : disabled === 'true' ? 'disabled' : 'enabled',
      });
      return rest;
    },
  },
  {
    method: 'delete',
    path: '/webhook_endpoints/:id',
    fields: [],
    run: (world, { params }) => {
      const { id } = must(all(world, 'endpoints'), 'webhook_endpoint', params['id']!);
      all(world, 'endpoints').delete(id);
      return { id, object: 'webhook_endpoint', deleted: true };
    },
  },
];
