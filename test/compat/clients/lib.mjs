/** What each of the old clients had in its own words: a base URL, a token, a call, a wait. Nothing of the server's code. */
const BASE = process.env['BASE_URL'];
const TOKEN = process.env['TOKEN'];

export async function call(method, path, body, headers = {}) {
  const response = await fetch(BASE + path, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
}

export function expect(what, is, said) {
  if (is) return;
  console.error(`${what}: ${JSON.stringify(said)}`);
  process.exit(1);
}

export async function poll(what, ask) {
  for (const end = Date.now() + 120_000; Date.now() < end;) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  console.error(`${what}: it never came`);
  process.exit(1);
}
