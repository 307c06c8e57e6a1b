/** Each alert has its runbook, and each runbook its alert. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ALERT_KINDS, remedyOf } from './alerts.ts';

it('has one section of the runbooks for each kind', () => {
  const text = readFileSync(new URL('../docs/runbooks.md', import.meta.url), 'utf8');
  const sections = [...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title!);
  expect(sections.toSorted()).toEqual([...ALERT_KINDS].toSorted());
});

it('knows a remedy, also of a kind that is raised no more', () => {
  for (const kind of [...ALERT_KINDS, 'of-a-former-release']) expect(remedyOf(kind)).toMatch(/^[A-Z].*\.$/);
});

it('names commands that exist', () => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
  const commands = [...read('../docs/cli.md').matchAll(/^## plinth (.+)$/gm)].map(([, name]) => `${name} `);
  const named = [...read('../docs/runbooks.md').matchAll(/`plinth ([a-z-]+ [a-z-]+)/g)].map(([, name]) => name!);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !commands.some((command) => command.startsWith(`${name} `)))).toEqual([]);
});
