/**
 * Gathers what concurrent passes ask one at a time into requests of many items. There is no linger: one request of a sort is under way,
 * and what comes meanwhile goes with the next. No I/O of its own.
 *
 *     ask ──▶ waiting ──▶ begin: left out when aborted or without its permit ──▶ under way ──┬─▶ each item its own answer
 *                ▲                                                                          └─ the whole request is refused
 *                └───────────────────── halves, each by itself, so that a poisoned item fails alone ◀──┘
 */
import type { WritePermit } from "../../runtime/controller.ts";

/** One sort of request. */
export interface Sort<Item, Answer> {
  /** What must be there once in a request only: Kafka refuses a topic that is named twice. */
  keyOf(item: Item): string;
  /**
   * Sends one request with the items that `begin` gives, which it calls right before it is sent; when none is left, nothing is. Resolves
   * with the answers by key.
   */
  send(begin: () => readonly Item[]): Promise<ReadonlyMap<string, Answer>>;
  /** Whether one item may be to blame for the failure of a whole request; then the others are tried without it. */
  mayBlameItem(error: unknown): boolean;
}

/** What allows an item: reads have a signal only. */
export type Permit = Partial<WritePermit>;

/** More would not be quicker; a broker's answer stays well below a megabyte. */
const MAX_ITEMS = 100;

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly key: string;
  readonly permit: Permit;
  readonly resolve: (answer: Answer | undefined) => void;
  readonly reject: (error: Error) => void;
  isSettled: boolean;
}

export class Gatherer<Item, Answer> {
  readonly #sort: Sort<Item, Answer>;
  readonly #maxItems: number;
  #waiting: Waiting<Item, Answer>[] = [];
  #isBusy = false;

  constructor(sort: Sort<Item, Answer>, maxItems = MAX_ITEMS) {
    this.#sort = sort;
    this.#maxItems = maxItems;
  }

  /**
   * The answer to one item; `undefined` when the request was answered, but not for it. Rejects with what its permit throws, with
   * the reason of its signal as soon as it is aborted, or with the error that `send` threw for the request.
   */
  ask(item: Item, permit: Permit = {}): Promise<Answer | undefined> {
    return new Promise((resolve, reject) => {
      const { signal } = permit;
      const abort = (): void => entry.reject(signal?.reason as Error);
      const settle = (): boolean => {
        if (entry.isSettled) return false;
        entry.isSettled = true;
        signal?.removeEventListener("abort", abort);
        return true;
      };
      const entry: Waiting<Item, Answer> = {
        item,
        key: this.#sort.keyOf(item),
        permit,
        resolve: (answer) => void (settle() && resolve(answer)),
        reject: (error) => void (settle() && reject(error)),
        isSettled: false,
      };
      if (signal?.aborted === true) return abort();
      signal?.addEventListener("abort", abort);
      this.#waiting.push(entry);
      this.#wake();
    });
  }

  #wake(): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    // What the same turn of the event loop asks goes together.
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    for (let group = this.#take(); group.length > 0; group = this.#take()) await this.#sendGroup(group);
    this.#isBusy = false;
  }

  /** The next items, first come first served; one whose key is among them already waits for the request after. */
  #take(): readonly Waiting<Item, Answer>[] {
    const group = new Map<string, Waiting<Item, Answer>>();
    const later: Waiting<Item, Answer>[] = [];
    for (const entry of this.#waiting) {
      if (entry.isSettled) continue;
      if (group.size < this.#maxItems && !group.has(entry.key)) group.set(entry.key, entry);
      else later.push(entry);
    }
    this.#waiting = later;
    return [...group.values()];
  }

  /** Settles every item of the group. Never throws. */
  async #sendGroup(group: readonly Waiting<Item, Answer>[]): Promise<void> {
    let sent: readonly Waiting<Item, Answer>[] | undefined;
    try {
      const answers = await this.#sort.send(() => {
        sent = group.filter(isAllowed);
        return sent.map(({ item }) => item);
      });
      for (const entry of group) entry.resolve(answers.get(entry.key));
    } catch (error) {
      const left = group.filter(({ isSettled }) => !isSettled);
      const isPoisoned = sent !== undefined && sent.length > 1 && this.#sort.mayBlameItem(error);
      if (!isPoisoned) return left.forEach((entry) => entry.reject(error as Error));
      const middle = Math.ceil(left.length / 2);
      await this.#sendGroup(left.slice(0, middle));
      await this.#sendGroup(left.slice(middle));
    }
  }
}

/** Asks the permit of one item; without it the item is rejected with the reason. */
function isAllowed<Item, Answer>(entry: Waiting<Item, Answer>): boolean {
  if (entry.isSettled) return false;
  try {
    entry.permit.assertMayWrite?.();
    return true;
  } catch (error) {
    entry.reject(error as Error);
    return false;
  }
}
