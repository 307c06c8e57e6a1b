/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */
import type { Operation, OperationKind } from './operation.ts';

export type PersonTask = {
  id: string;
  status: 'waiting' | 'answered' | 'withdrawn';
  operation_id: string;
  kind: OperationKind;
  vps_id: string;
  vps_label: string;
  title: string;
  text: string;
  form: PersonTaskField[];
  asked_at: string;
  answered_at: string | null;
  answered_by: string | null;
};
export type PersonTaskAnswer = { answers: Record<string, string> };
export type PersonTaskAnswered = { task: PersonTask; operation: Operation };
export type PersonTaskField = {
  name: string;
  label: string;
  help: string;
  type: 'text' | 'long-text' | 'secret' | 'ipv4' | 'ipv6' | 'integer' | 'date' | 'choice';
  required: boolean;
  choices?: { value: string; label: string }[];
};
export type PersonTaskPage = { tasks: PersonTask[]; next: string | null };
export type PersonTaskShown = { task: PersonTask };
