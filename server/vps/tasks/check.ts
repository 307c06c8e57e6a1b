/** Whether what a person typed fits the form that was asked. Pure, but for the look whether an address is somebody else's. */
import { isIPv4, isIPv6 } from 'node:net';
import { Refusal } from '../../kernel/problem.ts';
import type { Form } from './ask.ts';

type Field = Form[number];
interface Problem {
  readonly field: string;
  readonly rule: string;
  readonly remedy: string;
}

/** Rules by type; null = it fits. */
const RULES: Readonly<Record<Field['type'], (value: string, field: Field) => string | null>> = {
  text: (value) => (/[\r\n]/.test(value) ? 'is one line of text' : null),
  'long-text': () => null,
  secret: () => null,
  ipv4: (value) => (isIPv4(value) ? null : 'is an IPv4 address, such as 203.0.113.7'),
  ipv6: (value) => (isIPv6(value) ? null : 'is an IPv6 address, such as 2001:db8::7'),
  integer: (value) => (/^-?\d{1,15}$/.test(value) ? null : 'is a whole number'),
  date: (value) => (isDate(value) ? null : 'is a date, such as 2027-01-31'),
  choice: (value, { choices = [] }) =>
    choices.some((each) => each.value === value) ? null : `is one of ${choices.map((each) => each.value).join(', ')}`,
};

/** The values that were given, without empty ones. @throws Refusal 422 that names every field that does not fit */
export function fittingAnswers(form: Form, given: Readonly<Record<string, string>>): Record<string, string> {
  const fields = new Map(form.map((field) => [field.name, field]));
  const unknown = Object.keys(given)
    .filter((name) => !fields.has(name))
    .map((name): Problem => ({ field: `answers.${name}`, rule: 'is not in the form', remedy: 'Leave it out.' }));
  const values = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
  const wrong = form.flatMap((field): Problem[] => {
    const value = values[field.name];
    if (value === undefined)
      return field.required ? [{ field: `answers.${field.name}`, rule: 'is needed', remedy: `Give its ${field.label}.` }] : [];
    const rule = RULES[field.type](value, field);
    return rule === null ? [] : [{ field: `answers.${field.name}`, rule, remedy: `Give its ${field.label} so.` }];
  });
  const problems = [...unknown, ...wrong];
  if (problems.length > 0)
    throw new Refusal(
      422,
      'invalid_answers',
      `The form is not filled in: ${problems.map(({ field, rule }) => `${field} ${rule}`).join('; ')}.`,
      problems,
    );
  return values;
}

/** The values of fields that hold an address. */
export function addressesIn(form: Form, values: Readonly<Record<string, string>>): { readonly field: string; readonly address: string }[] {
  return form.flatMap(({ name, type }) => {
    const address = values[name];
    return (type === 'ipv4' || type === 'ipv6') && address !== undefined ? [{ field: `answers.${name}`, address }] : [];
  });
}

function isDate(value: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(value) && new Date(`${value}T00:00:00Z`).toISOString().startsWith(value);
}
