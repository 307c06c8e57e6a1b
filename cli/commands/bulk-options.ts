/** What `plinth bulk preview` and `plinth bulk start` are told: the action, the selection, the pace. */
import { BULK_ACTIONS } from '../../contract/bulk.ts';
import { VPS_STATUSES } from '../../contract/vps.ts';
import type { Api } from '../api.ts';
import type { Context, OptionSpecs, Positional, Values } from '../command.ts';
import { usage } from '../errors.ts';
import { findVps } from '../find.ts';
import { numberOf } from '../parse.ts';
import { sshKey } from './vps-create.ts';

export const ACTION: Positional = { name: 'action', help: BULK_ACTIONS.join(', ') };

const ACTION_OPTIONS = {
  plan: { type: 'string', value: 'PLAN', help: 'resize: to this plan' },
  image: { type: 'string', value: 'IMAGE', help: 'reinstall: this image; default the present one of each' },
  reason: { type: 'string', value: 'TEXT', help: 'suspend: why; the customers read it' },
  tag: { type: 'string', value: 'TAG', multiple: true, help: 'configure: exactly these tags' },
  'ssh-key': { type: 'string', value: 'FILE', multiple: true, help: 'configure: exactly these public keys' },
  name: { type: 'string', value: 'NAME', help: 'snapshot: its name' },
  'grace-hours': { type: 'string', value: 'HOURS', help: 'destroy: can be undone so long; default of the service; 0 = now, for good' },
  'final-snapshot': { type: 'boolean', help: 'destroy: make a snapshot of each first and keep it' },
} as const satisfies OptionSpecs;

const SELECTION_OPTIONS = {
  vps: { type: 'string', value: 'VPS', multiple: true, help: 'exactly these, by id or label' },
  status: { type: 'string', value: 'STATUS', choices: VPS_STATUSES, help: 'only these' },
  provider: { type: 'string', value: 'PROVIDER', help: 'only at this provider' },
  region: { type: 'string', value: 'REGION', help: 'only in this region' },
  tagged: { type: 'string', value: 'TAG', multiple: true, help: 'only those with this tag; of several: with each' },
  search: { type: 'string', value: 'TEXT', help: 'in label, hostname, address and reference' },
  all: { type: 'boolean', help: 'every living VPS' },
  'include-maintenance': { type: 'boolean', help: 'also those in maintenance; they are refused otherwise' },
} as const satisfies OptionSpecs;

export const WHAT_OPTIONS = { ...ACTION_OPTIONS, ...SELECTION_OPTIONS } as const;

export const PACE_OPTIONS = {
  canary: { type: 'string', value: 'N', help: 'do it to so many first; they must all succeed before anybody else is touched' },
  'canary-at-once': { type: 'boolean', help: 'these all at once instead of one after the other' },
  soak: { type: 'string', value: 'SECONDS', help: 'wait so long after their success' },
  parallel: { type: 'string', value: 'N', help: 'at most so many under way at once; default 5' },
  'per-minute': { type: 'string', value: 'N', help: 'order at most so many a minute' },
  'max-failures': { type: 'string', value: 'N|N%', help: 'pause when more than so many, or this share, failed; default 0' },
} as const satisfies OptionSpecs;

export interface What {
  readonly action: Record<string, unknown>;
  readonly selection: Record<string, unknown>;
  readonly include_maintenance: boolean;
}

export async function whatOf(context: Context, api: Api, word: string, options: Values<typeof WHAT_OPTIONS>): Promise<What> {
  if (!BULK_ACTIONS.includes(word)) throw usage(`plinth bulk: there is no action "${word}". There are: ${BULK_ACTIONS.join(', ')}.`);
  const action = await actionOf(context, word, options);
  return { action, selection: await selectionOf(api, options), include_maintenance: options['include-maintenance'] === true };
}

async function actionOf({ io }: Context, action: string, options: Values<typeof ACTION_OPTIONS>): Promise<Record<string, unknown>> {
  const need = (name: 'plan' | 'reason' | 'name'): string => {
    const value = options[name];
    if (value === undefined) throw usage(`plinth bulk: ${action} needs --${name}.`);
    return value;
  };
  switch (action) {
    case 'resize':
      return { action, plan: need('plan') };
    case 'suspend':
      return { action, reason: need('reason') };
    case 'snapshot':
      return { action, name: need('name') };
    case 'reinstall':
      return { action, ...(options.image === undefined ? {} : { image: options.image }) };
    case 'configure': {
      const keys = await Promise.all(options['ssh-key'].map((key) => sshKey(io.cwd, key)));
      return { action, ...(options.tag.length > 0 ? { tags: options.tag } : {}), ...(keys.length > 0 ? { ssh_keys: keys } : {}) };
    }
    case 'destroy': {
      const grace = options['grace-hours'];
      return {
        action,
        ...(grace === undefined ? {} : { grace_hours: numberOf('bulk', 'grace-hours', grace) }),
        ...(options['final-snapshot'] ? { final_snapshot: true } : {}),
      };
    }
    default:
      return { action };
  }
}

async function selectionOf(api: Api, options: Values<typeof SELECTION_OPTIONS>): Promise<Record<string, unknown>> {
  const { status, provider, region, search, all } = options;
  const tags = options.tagged.length > 0 ? options.tagged.join(',') : undefined;
  const given = { status, provider, region, tags, q: search };
  const filter = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const filtered = Object.keys(filter).length > 0;
  if (options.vps.length > 0) {
    if (filtered || all) throw usage('plinth bulk: --vps names exactly whom; leave the filters out.');
    const found: string[] = [];
    for (const word of options.vps) found.push((await findVps(api, word)).id);
    return { ids: found };
  }
  if (!filtered && !all) throw usage('plinth bulk: say whom: --vps, --status, --provider, --region, --tagged, --search, or --all.');
  return { filter };
}

export function paceOf(options: Values<typeof PACE_OPTIONS>): Record<string, unknown> {
  const { canary, soak, parallel } = options;
  if (canary === undefined && (soak !== undefined || options['canary-at-once']))
    throw usage('plinth bulk: --soak and --canary-at-once need --canary.');
  const failures = options['max-failures'];
  const minute = options['per-minute'];
  const first = canary !== undefined && {
    count: numberOf('bulk', 'canary', canary),
    at_once: options['canary-at-once'] === true,
    ...(soak === undefined ? {} : { soak_seconds: numberOf('bulk', 'soak', soak) }),
  };
  return {
    ...(first ? { canary: first } : {}),
    ...(parallel === undefined ? {} : { max_parallel: numberOf('bulk', 'parallel', parallel) }),
    ...(minute === undefined ? {} : { max_per_minute: numberOf('bulk', 'per-minute', minute) }),
    ...(failures === undefined ? {} : { max_failures: failures.endsWith('%') ? failures : numberOf('bulk', 'max-failures', failures) }),
  };
}
