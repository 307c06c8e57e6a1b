import { describe, expect, it } from 'vitest';
import { duration, pairs, status, table, wantsColour } from './output.ts';
import { eventLine } from './watch.ts';
import { nextSteps, stackConfig } from './commands/stack.ts';
import { parse as parseYaml } from 'yaml';

const event = (type: string, data: Record<string, unknown>) => eventLine({ type, data } as never)?.text ?? null;

describe('tables', () => {
  it('align, colour only when asked, and let no control character through', () => {
    const rows = [
      ['a', status('active')],
      ['long\u001b[31m one', status('error')],
    ];
    expect(table(['NAME', 'STATUS'], rows, false)).toBe('NAME           STATUS\na              active\nlong [31m one  error\n');
    const coloured = table(['NAME', 'STATUS'], rows, true);
    expect(coloured).toContain('\u001b[32mactive\u001b[0m');
    // oxlint-disable-next-line no-control-regex
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(table(['NAME', 'STATUS'], rows, false));
    expect(
      pairs(
        [
          ['id', 'x'],
          ['address', null],
        ],
        false,
      ),
    ).toBe('id       x\naddress  -\n');
  });

  it('are coloured on a terminal only, never with NO_COLOR', () => {
    expect(wantsColour({}, true)).toBe(true);
    expect(wantsColour({}, false)).toBe(false);
    expect(wantsColour({ NO_COLOR: '1' }, true)).toBe(false);
    expect(wantsColour({ NO_COLOR: '' }, true)).toBe(true);
    expect(wantsColour({ TERM: 'dumb' }, true)).toBe(false);
  });

  it('tell time in one unit', () => {
    expect([900, 42_000, 600_000, 7_200_000, 864_000_000, -5].map(duration)).toEqual(['0.9 s', '42 s', '10 min', '2 h', '10 d', '0.0 s']);
  });
});

describe('events', () => {
  it('read as sentences, and the unimportant ones not at all', () => {
    expect(event('step-finished', { op: 'create', name: 'vps-instance', resourceType: 'x:y:Z', planned: false, changed: [] })).toBe(
      'created vps-instance (x:y:Z)',
    );
    expect(event('step-finished', { op: 'update', name: 'r', resourceType: 't', planned: true, changed: [{ path: 'size' }] })).toBe(
      'would update r (t): size',
    );
    expect(event('step-finished', { op: 'same' })).toBeNull();
    expect(event('retry-later', { waitMs: 3000, fault: { message: 'busy' } })).toBe('will be tried again in 3.0 s: busy');
    expect(event('failed', { fault: { message: 'no such plan' } })).toBe('failed: no such plan');
    expect(event('finished', {})).toBeNull();
  });
});

describe('a pulled stack', () => {
  const answer = {
    organization: 'acme',
    project: 'plinth',
    stack: 'vps-abc',
    config: { 'plinth:spec': { label: 'web: 1', list: [] }, 'plinth:rootPassword': { secure: 'AbC=' } },
  };

  it('is a config file that keeps objects and ciphertext', () => {
    expect(parseYaml(stackConfig(answer))).toEqual({ config: answer.config });
  });

  it('comes with lines to paste, quoted, without the token', () => {
    const base = { answer, folder: '/srv/my plinth', file: 'f', url: 'https://p.example', pulumiDir: '/e', languageDir: '/l' };
    const lines = nextSteps({ ...base, tokenFrom: '/d/admin-token' });
    expect(lines).toContain("cd '/srv/my plinth'");
    expect(lines).toContain('PULUMI_ACCESS_TOKEN="$(cat /d/admin-token)"');
    expect(lines).toContain('pulumi login https://p.example\n  pulumi stack select acme/plinth/vps-abc\n');
    expect(nextSteps({ ...base, tokenFrom: '/home/x/.config/plinth/credentials.json' })).toContain('<your token>');
  });
});
