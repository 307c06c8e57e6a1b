/** Small values kept in the browser. Where storage is forbidden they last as long as the page. */
const memory = new Map<string, string>();

export function readStored(key: string): string | null {
  try {
    return sessionStorage.getItem(key) ?? localStorage.getItem(key);
  } catch {
    return memory.get(key) ?? null;
  }
}

/** `keep` decides between this tab and this browser; null removes from both. */
export function writeStored(key: string, value: string | null, keep = true): void {
  try {
    sessionStorage.removeItem(key);
    localStorage.removeItem(key);
    if (value !== null) (keep ? localStorage : sessionStorage).setItem(key, value);
  } catch {
    if (value === null) memory.delete(key);
    else memory.set(key, value);
  }
}
