// The front end of the personal servers: one button, then it polls.
import { call, expect, poll } from './lib.mjs';

const none = await call('GET', '/api/vps/status');
expect('none yet', none.status === 404 && none.body.error === 'No VPS', none.body);
const made = await call('POST', '/api/vps/provision', {
  plan: 'hostingercom-vps-kvm1-usd-1m',
  template_id: 1007,
  data_center_id: 11,
  enable_backups: false,
});
expect('pending', made.status === 202 && made.body.status === 'pending' && made.body.data_center_id === 11, made.body);
const again = await call('POST', '/api/vps/provision', {});
expect('once', again.status === 409 && again.body.error === 'User already has a VPS', again.body);
const ready = await poll('ready', async () => {
  const { body } = await call('GET', '/api/vps/status');
  expect('no error', body.status !== 'error', body);
  return body.status === 'ready' ? body : undefined;
});
expect('its address', ready.url === `https://${made.body.hostname}` && typeof ready.ip_address === 'string', ready);
expect('credentials', ready.credentials?.shown_once === true && ready.credentials.password.length > 11, ready);
expect('once only', (await call('GET', '/api/vps/status')).body.credentials === undefined, 'shown twice');
