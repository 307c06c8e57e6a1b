/** Requests as Stripe's API takes them: `a[b][0]=c` in bodies and queries, every value a text. */

export type FormValue = string | FormObject;
export interface FormObject {
  [key: string]: FormValue;
}

const MAX_DEPTH = 8;

/** `metadata[order]=1&expand[0]=x` becomes `{metadata: {order: '1'}, expand: {0: 'x'}}`. */
export function parseForm(text: string): FormObject {
  const form: FormObject = Object.create(null) as FormObject;
  for (const [key, value] of new URLSearchParams(text)) {
    const path = key.replaceAll(']', '').split('[');
    if (path.length > MAX_DEPTH || path.some((part) => part === '__proto__')) continue;
    let place = form;
    for (const [index, part] of path.entries()) {
      const name = part === '' ? String(Object.keys(place).length) : part;
      if (index === path.length - 1) place[name] = value;
      else {
        const next = place[name];
        place = typeof next === 'object' ? next : (place[name] = Object.create(null) as FormObject);
      }
    }
  }
  return form;
}

export function textOf(form: FormObject, name: string): string | undefined {
  const value = form[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function objectOf(form: FormObject, name: string): FormObject {
  const value = form[name];
  return typeof value === 'object' ? value : {};
}

/** The members of a list, or of one given as an object with numbers for keys. */
export function listOf(form: FormObject, name: string): FormValue[] {
  const value = form[name];
  return typeof value === 'object' ? Object.values(value) : [];
}

/** Texts only: what Stripe keeps as metadata. */
export function metadataOf(form: FormObject, former: Readonly<Record<string, string>> = {}): Record<string, string> {
  const given = Object.entries(objectOf(form, 'metadata')).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(Object.entries({ ...former, ...Object.fromEntries(given) }).filter(([, value]) => value !== ''));
}
