/** The simulator's page: shows the simulated clouds and presses the switches of the control API. */
const REFRESH_MS = 1_500;
/** The control token, where one is needed: `#token=…` at the end of the page's address. */
const token = new URLSearchParams(location.hash.slice(1)).get('token');
const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
const $ = (id) => document.getElementById(id);

async function control(method, path, body) {
  const response = await fetch(`/_simulator${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...authorization },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer = text === '' ? null : JSON.parse(text);
  if (!response.ok) throw new Error(answer?.error ?? `Status ${response.status}`);
  return answer;
}

/** Fills a table; a cell is text or a list of [label, action] buttons. Text never becomes markup. */
function fill(id, heads, rows, empty) {
  const line = (cells, tag) => {
    const row = document.createElement('tr');
    for (const cell of cells) {
      const box = row.appendChild(document.createElement(tag));
      if (!Array.isArray(cell)) box.textContent = String(cell ?? '');
      else for (const [label, action] of cell) box.append(button(label, action));
    }
    return row;
  };
  const body = rows.length > 0 ? rows.map((row) => line(row, 'td')) : [line([empty], 'td')];
  $(id).replaceChildren(line(heads, 'th'), ...body);
}

function button(label, action) {
  const made = document.createElement('button');
  made.textContent = label;
  made.addEventListener('click', () => act(action));
  return made;
}

async function act(action) {
  try {
    await action();
    $('problem').textContent = '';
  } catch (error) {
    $('problem').textContent = error.message;
  }
  await show();
}

function instanceRow(one) {
  const base = `/instances/${one.provider}/${encodeURIComponent(one.id)}`;
  const post = (what, body) => () => control('POST', `${base}/${what}`, body ?? {});
  const ask = (what, key, question) => () => {
    const value = prompt(question, one[key]);
    return value ? control('POST', `${base}/${what}`, { [key]: value }) : undefined;
  };
  return [
    one.provider,
    one.id,
    one.label,
    one.status,
    one.region,
    one.plan,
    one.image,
    one.ipv4,
    one.tags.join(' '),
    [
      ['remove', post('remove')],
      ['off', post('power', { power: 'off' })],
      ['on', post('power', { power: 'on' })],
      ['rename', ask('rename', 'label', 'New label')],
      ['resize', ask('resize', 'plan', 'New plan')],
    ],
  ];
}

async function show() {
  const [overview, instances, records, requests] = await Promise.all(
    ['/', '/instances', '/records', '/requests?limit=30'].map((path) => control('GET', path)),
  ).catch((error) => {
    $('summary').textContent = `No answer: ${error.message}`;
    return [];
  });
  if (!overview) return;
  $('summary').textContent = `${overview.speed}× real time, ${instances.length} instances, ${overview.faults.length} faults on`;
  fill(
    'providers',
    ['Provider', 'Base URL', 'Instances', 'Created', 'Deleted', 'Records', 'Requests by status'],
    overview.providers.map(({ id, path, instances, records }) => {
      const stats = overview.stats[id];
      const byStatus = Object.entries(stats.requests).map(([status, count]) => `${status}: ${count}`);
      return [id, location.origin + path, instances, stats.creates, stats.deletes, records, byStatus.join('  ')];
    }),
    'None.',
  );
  fill(
    'instances',
    ['Provider', 'Id', 'Label', 'Status', 'Region', 'Plan', 'Image', 'IPv4', 'Tags', ''],
    instances.map(instanceRow),
    'No instances yet.',
  );
  fill(
    'records',
    ['Provider', 'Zone', 'Name', 'Type', 'Content', 'Comment'],
    records.map((one) => [one.provider, one.zone, one.name, one.type, one.content, one.comment]),
    'No records yet.',
  );
  fill(
    'faults',
    ['Provider', 'Kind', 'Where', 'Details', 'Left', ''],
    overview.faults.map(({ id, provider, kind, method, path, times, ...rest }) => {
      const details = ['status', 'retryAfterSeconds', 'ms', 'flag', 'objectId'].filter((key) => rest[key] !== undefined);
      const where = `${method ?? 'any'} ${path ?? ''}`;
      const off = [['switch off', () => control('DELETE', `/faults/${id}`)]];
      return [provider, kind, where, details.map((key) => `${key} ${rest[key]}`).join(', '), times ?? '∞', off];
    }),
    'Nothing is switched on.',
  );
  fill(
    'requests',
    ['At', 'Provider', 'Method', 'Path', 'Status', 'ms', 'Fault'],
    requests.map((one) => [one.at.slice(11, 23), one.provider, one.method, one.path.slice(0, 90), one.status || 'none', one.ms, one.fault]),
    'No requests yet.',
  );
  const select = $('fault').elements.provider;
  if (select.options.length === 0) select.append(...overview.providers.map(({ id }) => new Option(id)));
}

$('fault').addEventListener('submit', (event) => {
  event.preventDefault();
  const fields = Object.entries(Object.fromEntries(new FormData(event.target))).filter(([, value]) => value !== '');
  const fault = Object.fromEntries(fields.map(([key, value]) => [key, ['times', 'status', 'ms'].includes(key) ? Number(value) : value]));
  void act(() => control('POST', '/faults', fault));
});
$('reset').addEventListener('click', () => {
  if (confirm('Forget every instance, record, account and fault?')) void act(() => control('POST', '/reset', {}));
});

await show();
// A table that is rebuilt under the pointer or the keyboard's focus cannot be used.
setInterval(() => {
  if (document.activeElement?.closest('table, form') === null && !document.querySelector('table:hover')) void show();
}, REFRESH_MS);
