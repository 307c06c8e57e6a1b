/** Every command of docs/compatibility.md runs as it stands against a fresh service, and there is one for each route. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { describedRoutes } from '../../server/domains.ts';
import { compatService } from './support.ts';

const port = await new Promise<number>((done) => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port: free } = probe.address() as AddressInfo;
    probe.close(() => done(free));
  });
});
const { call, runtime } = compatService({ PORT: String(port) });
const PAGE = join(import.meta.dirname, '../../docs/compatibility.md');
/** Of the five systems; B's are a part of Plinth's own. */
const OF_SYSTEMS =
  /^\/api\/(vps\/(provision|status)$|migrate-db$|smartvps\/|v1\/|admin\/vps-plans)|^\/api\/admin\/upstream\/:kind$|^(get|post) \/api\/admin\/providers$/;
/** Notes method, path and status of every call beside doing it. */
const CURL = `curl() {
  local out; out=$(command curl -sS --max-time 60 -w '\\n%{method} %{http_code} %{url_effective}' "$@") || return 1
  tail -n 1 <<<"$out" >>"$SEEN"
  sed '$d' <<<"$out"
}`;

it('runs as it stands, a command for each route', { timeout: 240_000 }, async () => {
  const { body: made } = await call('POST', '/api/admin/organizations', { name: 'docs-user' });
  const { body: token } = await call('POST', '/api/tokens', { name: 'docs', role: 'operator', organization_id: made.organization.id });
  const folder = mkdtempSync(join(tmpdir(), 'plinth-docs-'));
  try {
    const seen = join(folder, 'seen');
    writeFileSync(seen, '');
    const blocks = [...readFileSync(PAGE, 'utf8').matchAll(/```sh\n([^]*?)```/g)].map(([, text]) => text!);
    const lines = blocks
      .join('\n')
      .replace(/^BASE=.*$/m, `BASE=${runtime().origin}`)
      .replace(/^TOKEN=\$\(.*$/m, `TOKEN=${runtime().seeded.adminToken}`);
    // Each block with the admin's token again.
    const script = [CURL, ...lines.split(/^(?=SHOP=)/m).flatMap((part) => [`TOKEN=${runtime().seeded.adminToken}`, part])].join('\n');
    writeFileSync(join(folder, 'run.sh'), `set -uo pipefail\n${script}`);
    await promisify(execFile)('bash', [join(folder, 'run.sh')], {
      env: { PATH: process.env['PATH'], SEEN: seen, USER_TOKEN: token.secret },
      timeout: 220_000,
      maxBuffer: 64 * 1024 * 1024,
    });
    const calls = readFileSync(seen, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string, string]);
    // What was too early is asked again.
    const done = new Set(calls.filter(([, status]) => Number(status) < 400).map(([method, , url]) => `${method} ${url}`));
    expect(calls.filter(([method, , url]) => !done.has(`${method} ${url}`))).toEqual([]);
    const asked = calls.map(([method, , url]) => `${method.toLowerCase()} ${new URL(url).pathname}`);
    const missing = describedRoutes()
      .filter(({ method, path }) => OF_SYSTEMS.test(path) || OF_SYSTEMS.test(`${method} ${path}`))
      .filter(({ method, path }) => !asked.some((each) => new RegExp(`^${method} ${path.replaceAll(/:\w+/g, '[^/]+')}$`).test(each)))
      .map(({ method, path }) => `${method} ${path}`);
    expect(missing).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
