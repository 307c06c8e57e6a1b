/** One line of `plinth doctor`. */
export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  /** What to do; null when all is well. */
  readonly remedy: string | null;
}

export const ok = (name: string, detail: string): Check => ({ name, status: 'ok', detail, remedy: null });
export const warn = (name: string, detail: string, remedy: string): Check => ({ name, status: 'warn', detail, remedy });
export const fail = (name: string, detail: string, remedy: string): Check => ({ name, status: 'fail', detail, remedy });

export function reason(error: unknown): string {
  const text = error instanceof Error ? (error as NodeJS.ErrnoException).code || error.message.split('\n')[0]! : String(error);
  // A connection string may hold a password.
  return text.replaceAll(/(postgres(?:ql)?:\/\/)[^@\s]*@/g, '$1…@');
}
