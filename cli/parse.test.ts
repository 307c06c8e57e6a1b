import { describe, expect, it } from 'vitest';
import { command, GLOBAL_OPTIONS } from './command.ts';
import { firewallRule } from './commands/vps-create.ts';
import { CliError } from './errors.ts';
import { nearest, numberOf, parseCommandLine } from './parse.ts';

const commands = [
  command({
    path: ['vps', 'create'],
    summary: 'Create',
    positionals: [{ name: 'label', help: 'its name' }],
    options: {
      plan: { type: 'string', value: 'ID', help: 'plan' },
      tag: { type: 'string', multiple: true, help: 'tags' },
      role: { type: 'string', choices: ['viewer', 'admin'], help: 'role' },
      ipv6: { type: 'boolean', help: 'v6' },
    },
    examples: [],
    run: async () => 0,
  }),
  command({ path: ['vps', 'list'], summary: 'List', examples: [], run: async () => 0 }),
  command({ path: ['serve'], summary: 'Serve', passThrough: true, examples: [], run: async () => 0 }),
];
const parse = (line: string) => parseCommandLine(commands, line.split(' ').filter(Boolean));
const mistake = (line: string): string => {
  try {
    parse(line);
  } catch (error) {
    expect(error).toBeInstanceOf(CliError);
    expect((error as CliError).exitCode).toBe(2);
    return (error as CliError).message;
  }
  throw new Error(`"${line}" was accepted.`);
};

describe('a command line', () => {
  it('becomes a command with arguments and options', () => {
    const parsed = parse('vps create web-1 --plan=small --tag a --tag b --no-ipv6 --json');
    expect(parsed).toMatchObject({ kind: 'run', args: ['web-1'], json: true, options: { plan: 'small', tag: ['a', 'b'], ipv6: false } });
    expect(parse('vps create x')).toMatchObject({ options: { tag: [] }, json: false, url: undefined });
    expect(parse('serve --port 1 -x')).toMatchObject({ kind: 'run', args: ['--port', '1', '-x'] });
  });

  it('asks for help in every usual way', () => {
    for (const line of ['', 'help', '--help', '-h']) expect(parse(line)).toEqual({ kind: 'help', path: [] });
    for (const line of ['vps', 'vps --help', 'help vps']) expect(parse(line)).toEqual({ kind: 'help', path: ['vps'] });
    for (const line of ['vps create --help', 'vps create x -h', 'help vps create'])
      expect(parse(line)).toEqual({ kind: 'help', path: ['vps', 'create'] });
    expect(parse('serve --help')).toEqual({ kind: 'help', path: ['serve'] });
  });

  it('says in one line what is wrong and what to type', () => {
    expect(mistake('vsp list')).toBe('plinth: there is no command "vsp". Did you mean: plinth vps?');
    expect(mistake('vps lits')).toBe('plinth: there is no command "vps lits". Did you mean: plinth vps list?');
    expect(mistake('vps zzzzzz')).toBe('plinth: there is no command "vps zzzzzz". There are: create, list.');
    expect(mistake('vps create web --pln x')).toBe('plinth vps create: there is no option --pln. Did you mean --plan?');
    expect(mistake('vps create web --plan')).toBe('plinth vps create: --plan needs a value. Type --plan ID.');
    expect(mistake('vps create web --plan --json')).toContain('--plan');
    expect(mistake('vps create web --ipv6=yes')).toBe('plinth vps create: --ipv6 takes no value. Type --ipv6, or --no-ipv6.');
    expect(mistake('vps create web --role boss')).toBe('plinth vps create: --role cannot be "boss". Use one of: viewer, admin.');
    expect(mistake('vps create')).toContain('<label> is missing (its name)');
    expect(mistake('vps create a b')).toContain('"b" is one argument too many');
    expect(mistake('vps list -z')).toContain('there is no option -z');
    for (const line of ['vsp', 'vps create', 'vps list -z']) expect(mistake(line)).not.toContain('\n');
  });

  it('knows what was meant only when it is near', () => {
    expect(nearest('jsn', Object.keys(GLOBAL_OPTIONS))).toBe('json');
    expect(nearest('reveal', ['reveal-password', 'retry'])).toBe('reveal-password');
    expect(nearest('x', ['json', 'url'])).toBeUndefined();
  });
});

describe('a firewall rule', () => {
  it('takes ports, ranges, several sources and IPv6', () => {
    expect(firewallRule('tcp:22:203.0.113.7')).toEqual({ protocol: 'tcp', ports: '22', sources: ['203.0.113.7/32'] });
    expect(firewallRule('udp:5000-5010:10.0.0.0/8,2001:db8::/32')).toEqual({
      protocol: 'udp',
      ports: '5000-5010',
      sources: ['10.0.0.0/8', '2001:db8::/32'],
    });
    expect(firewallRule('icmp::::1')).toEqual({ protocol: 'icmp', ports: null, sources: ['::1/128'] });
    expect(() => firewallRule('22')).toThrow('protocol:ports:source');
  });
});

it('takes only numbers for numbers', () => {
  expect(numberOf('bulk', 'soak', '1.5')).toBe(1.5);
  for (const text of ['', ' ', 'many', '1x', 'Infinity']) expect(() => numberOf('bulk', 'soak', text)).toThrow(/^plinth bulk: --soak/);
});
