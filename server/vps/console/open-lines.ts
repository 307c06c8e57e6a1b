/** The lines that are open in this process: how many there may be, of all and of one person, and the end of all. */
import type { LineEnd } from '../../../contract/console-line.ts';
import type { Principal } from '../../kernel/services.ts';

export class OpenLines {
  readonly #perPerson: number;
  readonly #perProcess: number;
  readonly #open = new Map<(how: LineEnd) => void, string>();

  constructor({ perPerson = 4, perProcess = 100 } = {}) {
    this.#perPerson = perPerson;
    this.#perProcess = perProcess;
  }

  /** Why there may not be one more of theirs; null: there may. */
  refusal(principal: Principal): Extract<LineEnd, 'many' | 'full'> | null {
    const person = personOf(principal);
    if ([...this.#open.values()].filter((each) => each === person).length >= this.#perPerson) return 'many';
    return this.#open.size >= this.#perProcess ? 'full' : null;
  }

  /** Answers what to call when it has ended. */
  add(principal: Principal, end: (how: LineEnd) => void): () => void {
    this.#open.set(end, personOf(principal));
    return () => void this.#open.delete(end);
  }

  endAll(how: LineEnd): void {
    for (const end of this.#open.keys()) end(how);
  }
}

/** A person's tokens are that person. */
const personOf = ({ actor }: Principal): string => actor.onBehalfOf?.id ?? actor.id;
