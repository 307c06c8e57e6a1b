import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CONFIG_VARIABLES, ConfigError, READ_ELSEWHERE, readConfig } from './config.ts';

it('has defaults for development', () => {
  expect(readConfig({}, '/srv')).toMatchObject({
    mode: 'development',
    port: 4000,
    dataDir: '/srv/.plinth',
    simulator: { enabled: true, speed: 10 },
  });
});

it('tells every mistake at once and repeats no value', () => {
  const wrong = {
    PORT: 'http',
    PLINTH_ROLE: 'boss',
    DATABASE_URL: 'mysql://u:hunter2@h/db',
    PLINTH_MASTER_KEY: 'c2hvcnQ=',
    PLINTH_PROT: '1',
  };
  try {
    readConfig(wrong);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).mistakes).toHaveLength(5);
    expect((error as ConfigError).message).not.toMatch(/hunter2|c2hvcnQ/);
  }
});

it('asks production for explicit secrets and refuses the simulator there', () => {
  expect(() => readConfig({ PLINTH_MODE: 'production', SIMULATOR: 'on' })).toThrow(
    /MASTER_KEY[\s\S]*DATABASE_URL[\s\S]*PUBLIC_URL[\s\S]*SIMULATOR/,
  );
});

it('is documented whole in .env.example', () => {
  const text = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
  const documented = [...text.matchAll(/^([A-Z_]+)=/gm)].map((match) => match[1]);
  expect(documented.filter((name) => !READ_ELSEWHERE.includes(name!)).sort()).toEqual([...CONFIG_VARIABLES].sort());
});
