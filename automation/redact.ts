/**
 * Last line of defence: removes known secret values from text and events, should one have slipped
 * past the engine's own marking (an echo in a provider's error message, for example).
 */
const SHORTEST_SECRET = 6;

export class Redactor {
  readonly #secrets = new Set<string>();

  /** Values shorter than 6 characters are left alone: hiding them would hide ordinary words. */
  add(...values: (string | undefined)[]): void {
    for (const value of values) {
      if (value === undefined || value.length < SHORTEST_SECRET) continue;
      this.#secrets.add(value);
      this.#secrets.add(JSON.stringify(value).slice(1, -1));
      this.#secrets.add(encodeURIComponent(value));
    }
  }

  text(text: string): string {
    let result = text;
    for (const secret of this.#secrets) result = result.replaceAll(secret, '[secret]');
    return result;
  }

  /** The same value with every string in it made safe. */
  deep<T>(value: T): T {
    if (typeof value === 'string') return this.text(value) as T;
    if (Array.isArray(value)) return value.map((inner) => this.deep(inner)) as T;
    if (value !== null && typeof value === 'object') {
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.deep(inner)])) as T;
    }
    return value;
  }
}
