/**
 * What an operation needs a person for, where its provider has no API that does it: asked before anything else is done, once,
 * and answered in a form. What was answered goes into the VPS's stack with every later run.
 */
import { sealed } from '../../kernel/sealed.ts';
import type { PersonAnswers, PersonTask, PersonTaskField, PersonTaskSubject } from '../../../providers/manners.ts';
import type { EngineAnswers } from '../../../automation/types.ts';
import type { VpsSpec } from '../../../stacks/spec.ts';
import { providerOf } from '../../accounts/accounts.ts';
import type { Db } from '../../kernel/database.ts';
import type { SecretBox } from '../../kernel/secrets.ts';
import type { Services } from '../../kernel/services.ts';
import type { VpsWithAccount } from '../store.ts';
import { answeredTasks, taskOf } from './store.ts';
import { z } from 'zod';

/** The step that its person does. */
export type Step = keyof NonNullable<ReturnType<typeof providerOf>['tasks']>;

export interface AskedPerson extends PersonTask {
  readonly step: Step;
  /** It was asked before, and nobody has answered yet. */
  readonly again: boolean;
}

/** The task that must be answered before the step can be done, or null. */
export async function personNeeded(
  services: Services,
  vps: VpsWithAccount,
  operationId: string,
  step: Step | null,
  spec: VpsSpec,
): Promise<AskedPerson | null> {
  const make = step === null ? undefined : providerOf(services, vps.account).tasks?.[step];
  if (step === null || !make) return null;
  const asked = await taskOf(services.db, operationId, step);
  if (asked?.status === 'answered') return null;
  const task = make(subjectOf(vps, spec), (await answersOf(services.db, services.secrets, vps.id)).values);
  return { ...task, step, again: asked !== null };
}

function subjectOf(vps: VpsWithAccount, { compute, label, hostname }: VpsSpec): PersonTaskSubject {
  const { region, plan, image } = compute;
  return { vpsId: vps.id, label, hostname, region, plan, image, instanceId: vps.instanceId, ipv4: vps.ipv4 };
}

/** What was answered, by field name. */
export const ANSWERS = sealed('person_task', 'answers');
const Answers = z.record(z.string(), z.string());

/** All that was answered of a VPS, the newest word of each field. Secret. */
export async function answersOf(db: Db, secrets: SecretBox, vpsId: string): Promise<EngineAnswers & { readonly values: PersonAnswers }> {
  const values: Record<string, string> = {};
  const secret = new Set<string>();
  for (const { id, answers, form } of await answeredTasks(db, vpsId)) {
    if (answers === null) continue;
    Object.assign(values, Answers.parse(JSON.parse(ANSWERS.open(secrets, id, answers))));
    for (const { name, type } of Form.parse(form)) if (type === 'secret') secret.add(name);
  }
  return { values, secret: [...secret] };
}

const Field = z.object({
  name: z.string(),
  label: z.string(),
  help: z.string(),
  type: z.enum(['text', 'long-text', 'secret', 'ipv4', 'ipv6', 'integer', 'date', 'choice']),
  required: z.boolean(),
  choices: z.array(z.object({ value: z.string(), label: z.string() })).optional(),
});
/** As it was asked. */
export const Form = z.array(Field) satisfies z.ZodType<readonly Pick<PersonTaskField, 'name' | 'type' | 'required'>[]>;
export type Form = z.infer<typeof Form>;
