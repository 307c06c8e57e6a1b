/** `plinth simulator …`: look into the simulated clouds, and break them. */
import type { z } from 'zod';
import {
  FAULT_SWITCHES,
  type SimulatorFault,
  type SimulatorInstances,
  type SimulatorRecords,
  type SimulatorRequests,
  type SimulatorState,
} from '../../contract/simulator.ts';
import { type Command, command, MUTATION_OPTIONS } from '../command.ts';
import { EXIT, usage } from '../errors.ts';
import { plain, remark, show, status, table } from '../output.ts';
import { numberOf } from '../parse.ts';

const PROVIDER = { name: 'provider', help: 'as plinth simulator show lists it' };

const overview = command({
  path: ['simulator', 'show'],
  summary: 'Show the simulated servers, DNS records and the faults that are on',
  examples: ['simulator show', 'simulator show --json'],
  run: async (context) => {
    const api = await context.api();
    const [state, { instances }, { records }] = await Promise.all([
      api.get<z.infer<typeof SimulatorState>>('/api/simulator'),
      api.get<z.infer<typeof SimulatorInstances>>('/api/simulator/instances'),
      api.get<z.infer<typeof SimulatorRecords>>('/api/simulator/records'),
    ]);
    show(context, { ...state, instances, records }, (colour) =>
      [
        table(
          ['PROVIDER', 'ID', 'LABEL', 'STATUS', 'PLAN', 'REGION', 'IPV4'],
          instances.map((each) => [each.provider, each.id, plain(each.label), status(each.status), each.plan, each.region, each.ipv4]),
          colour,
        ),
        table(
          ['PROVIDER', 'RECORD', 'TYPE', 'CONTENT'],
          records.map((each) => [each.provider, plain(each.name), each.type, plain(each.content)]),
          colour,
        ),
        table(
          ['FAULT', 'PROVIDER', 'KIND', 'CALLS', 'DETAIL', 'LEFT'],
          state.faults.map((each) => [
            each.id,
            each.provider,
            each.kind,
            plain(`${each.method ?? 'any'} ${each.path ?? ''}`),
            plain(each.detail),
            each.times === null ? 'until removed' : String(each.times),
          ]),
          colour,
        ),
      ].join('\n'),
    );
    return EXIT.ok;
  },
});

const requests = command({
  path: ['simulator', 'requests'],
  summary: 'Show the last calls that reached the simulated providers',
  options: {
    provider: { type: 'string', value: 'PROVIDER', help: 'only of this one' },
    limit: { type: 'string', value: 'N', help: 'at most so many, 1 to 500; default 100' },
  },
  examples: ['simulator requests --limit 20'],
  run: async (context, _args, { provider, limit }) => {
    const answer = await (await context.api()).get<z.infer<typeof SimulatorRequests>>('/api/simulator/requests', { provider, limit });
    show(context, answer, (colour) =>
      table(
        ['AT', 'PROVIDER', 'METHOD', 'PATH', 'STATUS', 'MS', 'FAULT'],
        answer.requests.map((each) => [
          each.at,
          each.provider,
          each.method,
          plain(each.path),
          each.status === 0 ? 'no answer' : String(each.status),
          String(each.ms),
          each.fault ?? '-',
        ]),
        colour,
      ),
    );
    return EXIT.ok;
  },
});

const CHANGES = ['remove', 'on', 'off', 'rename', 'resize'];

const change = command({
  path: ['simulator', 'change'],
  summary: 'Delete, switch, rename or resize a simulated server behind Plinth’s back',
  positionals: [
    PROVIDER,
    { name: 'id', help: 'the provider’s id of the server' },
    { name: 'change', help: CHANGES.join(', ') },
    { name: 'value', help: 'the new label of rename, the plan of resize', optional: true },
  ],
  options: MUTATION_OPTIONS,
  examples: ['simulator change a-provider 3164444 off', 'simulator change a-provider 3164444 rename stranger'],
  run: async (context, [provider = '', id = '', what = '', value = ''], { 'idempotency-key': idempotencyKey }) => {
    if (!CHANGES.includes(what)) throw usage(`plinth simulator change: "${what}" is no change. Use one of: ${CHANGES.join(', ')}.`);
    const body =
      what === 'remove'
        ? { change: what }
        : what === 'on' || what === 'off'
          ? { change: 'power', power: what }
          : { change: what, [what === 'rename' ? 'label' : 'plan']: value };
    const path = `/api/simulator/instances/${encodeURIComponent(provider)}/${encodeURIComponent(id)}`;
    await (await context.api()).change('POST', path, { body, idempotencyKey });
    remark(context, 'Done; nobody was told. Plinth finds it with: plinth sweep run drift');
    return EXIT.ok;
  },
});

const stock = command({
  path: ['simulator', 'stock'],
  summary: 'Have a plan sold out in a region of a simulated provider, or bring it back',
  positionals: [PROVIDER, { name: 'plan', help: 'its id' }, { name: 'region', help: 'its id' }],
  options: { back: { type: 'boolean', help: 'bring it back' }, ...MUTATION_OPTIONS },
  examples: ['simulator stock a-provider small-1 north', 'simulator stock a-provider small-1 north --back'],
  run: async (context, [provider = '', plan = '', region = ''], { back = false, 'idempotency-key': idempotencyKey }) => {
    const body = { provider, plan, region, available: back };
    await (await context.api()).change('PUT', '/api/simulator/stock', { body, idempotencyKey });
    remark(context, `${plan} is ${back ? 'back' : 'sold out'} in ${region}. Catalogues learn of it when they are read again.`);
    return EXIT.ok;
  },
});

const faultOn = command({
  path: ['simulator', 'fault', 'add'],
  summary: 'Switch a fault on at a simulated provider',
  details: 'simulator/README.md says what each kind does. Without --times it hits one call; a flag and a hold last until they are removed.',
  positionals: [PROVIDER, { name: 'kind', help: FAULT_SWITCHES.join(', ') }],
  options: {
    method: { type: 'string', value: 'METHOD', choices: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], help: 'only calls of this method' },
    path: { type: 'string', value: 'REGEXP', help: 'only calls whose path matches' },
    times: { type: 'string', value: 'N', help: 'how many calls it hits; 0 = until it is removed' },
    status: { type: 'string', value: 'STATUS', help: 'of kind status: 300 to 599' },
    ms: { type: 'string', value: 'MS', help: 'of kind delay: milliseconds' },
    when: { type: 'string', value: 'WHEN', choices: ['before', 'after'], help: 'of kind hold' },
    flag: { type: 'string', value: 'FLAG', help: 'of kind flag' },
    match: { type: 'string', value: 'TEXT', help: 'of kind vanish: what has this in its label or tags is gone' },
    ...MUTATION_OPTIONS,
  },
  examples: ['simulator fault add a-provider status --status 503 --times 3', 'simulator fault add a-provider lost-answer --method POST'],
  run: async (
    context,
    [provider = '', kind = ''],
    { times, status: code, ms, method, path, when, flag, match, 'idempotency-key': idempotencyKey },
  ) => {
    const number = (name: string, text: string | undefined) =>
      text === undefined ? {} : { [name]: numberOf('simulator fault add', name, text) };
    const body = {
      provider,
      kind,
      method,
      path,
      when,
      flag,
      match,
      ...number('status', code),
      ...number('ms', ms),
      ...(times === '0' ? { times: null } : number('times', times)),
    };
    const answer = await (await context.api()).change<SimulatorFault>('POST', '/api/simulator/faults', { body, idempotencyKey });
    show(context, answer, () => `Fault ${answer.id} is on. Switch it off with: plinth simulator fault remove ${answer.id}\n`);
    return EXIT.ok;
  },
});

const faultOff = command({
  path: ['simulator', 'fault', 'remove'],
  summary: 'Switch a fault off',
  positionals: [{ name: 'fault', help: 'its id, as plinth simulator show lists it' }],
  options: MUTATION_OPTIONS,
  examples: ['simulator fault remove 12'],
  run: async (context, [id = ''], { 'idempotency-key': idempotencyKey }) => {
    await (await context.api()).change('DELETE', `/api/simulator/faults/${encodeURIComponent(id)}`, { idempotencyKey });
    remark(context, 'It is off.');
    return EXIT.ok;
  },
});

export const simulatorCommands: readonly Command[] = [overview, requests, change, stock, faultOn, faultOff];
