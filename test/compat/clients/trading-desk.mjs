// The desk's cron job: a Windows server for one trading account, kept in step, and given back.
import { call, expect, poll } from './lib.mjs';

const PATH = '/api/vps/provision';
const seen = await call('GET', PATH);
expect('configured', seen.body.success === true && seen.body.configured === true, seen.body);
expect('regions by id', seen.body.recommendedRegions.ewr.city === 'New Jersey', seen.body.recommendedRegions);
const os_id = seen.body.windowsOS['2022'].id;
const wanted = { mt5_account_id: 123, vps_name: 'MT5-12345', region: 'ewr', plan: 'vc2-1c-2gb', os_id };
// The example as it stands: its system is not sold any more, and the refusal names those that are.
const old = await call('POST', PATH, { mt5_account_id: 123, vps_name: 'MT5-12345', region: 'ewr', plan: 'vc2-1c-2gb', os_id: 1713 });
expect('which systems there are', old.status === 422 && old.body.success === false && old.body.error.includes(String(os_id)), old.body);
const made = await call('POST', PATH, wanted);
expect('started', made.status === 201 && made.body.message === 'VPS provisioning started', made.body);
const { vps_id } = made.body.data;
expect('an integer', Number.isInteger(vps_id), made.body.data);
const again = await call('POST', PATH, wanted);
expect('once', again.status === 409 && again.body.error === 'VPS instance already exists for this MT5 account', again.body);
const synced = await poll('active', async () => {
  const { body } = await call('PATCH', PATH, { vps_id });
  return body.data.status === 'active' && body.data.main_ip ? body.data : undefined;
});
expect('status at the provider', synced.vultr_status === 'active', synced);
const gone = await call('DELETE', `${PATH}?vps_id=${vps_id}`);
expect('deleted', gone.body.success === true, gone.body);
await poll('decommissioned', async () => (await call('PATCH', PATH, { vps_id })).body.data?.status === 'decommissioned');
