/**
 * The writes of Events that wait: several at a time, those about one object in order. Passes wait for room, so that none is lost while the
 * API server writes them at all. When it does not, passes go on: Events are courtesy.
 */

/** Must not reject. */
export type EventWrite = () => Promise<void>;

/** At the same time. One after the other an API server takes 100 to 200 a second, fewer than passes tell. */
const WRITERS = 8;
/** Beyond so many waiting writes no pass begins; passes that run add a few more. About a kilobyte each. */
const MAX_WAITING = 1000;
/** So long the room stays closed at most. An API server that writes needs a few seconds to make room again. */
const MAX_CLOSED_MS = 10_000;
/** Beyond so many nothing more is taken. Only an API server that writes hardly any Events makes it so many. */
const MAX_HELD = 10_000;

export class EventQueue {
  /** By object; the first of a line is under way when its object is not in `#ready`. */
  readonly #lines = new Map<string, EventWrite[]>();
  /** Objects whose first write may begin. */
  readonly #ready = new Set<string>();
  #waiting = 0;
  #writing = 0;
  #room = Promise.withResolvers<void>();
  #roomTimer: NodeJS.Timeout | undefined;
  #idle = Promise.withResolvers<void>();

  constructor() {
    this.#room.resolve();
    this.#idle.resolve();
  }

  /** Writes that are not done yet. */
  get size(): number {
    return this.#waiting + this.#writing;
  }

  /** Adds a write about an object; `false`: there are too many, and it is not taken. */
  add(object: string, write: EventWrite): boolean {
    if (this.size >= MAX_HELD) return false;
    if (this.size === 0) this.#idle = Promise.withResolvers();
    this.#waiting += 1;
    if (this.#waiting === MAX_WAITING) this.#closeRoom();
    const line = this.#lines.get(object);
    if (line !== undefined) {
      line.push(write);
      return true;
    }
    this.#lines.set(object, [write]);
    this.#ready.add(object);
    this.#pump();
    return true;
  }

  /** Resolves when few enough writes wait for a pass to begin, or when the room has been closed for too long. */
  room(): Promise<void> {
    return this.#room.promise;
  }

  /** Resolves when no write is left. */
  flush(): Promise<void> {
    return this.#idle.promise;
  }

  #closeRoom(): void {
    clearTimeout(this.#roomTimer);
    const room = Promise.withResolvers<void>();
    this.#room = room;
    this.#roomTimer = setTimeout(() => room.resolve(), MAX_CLOSED_MS).unref();
  }

  #openRoom(): void {
    clearTimeout(this.#roomTimer);
    this.#room.resolve();
  }

  #pump(): void {
    for (const object of this.#ready) {
      if (this.#writing >= WRITERS) return;
      this.#ready.delete(object);
      void this.#writeNext(object);
    }
  }

  async #writeNext(object: string): Promise<void> {
    const line = this.#lines.get(object) ?? [];
    const write = line.shift();
    this.#waiting -= 1;
    this.#writing += 1;
    if (this.#waiting < MAX_WAITING) this.#openRoom();
    await write?.();
    this.#writing -= 1;
    if (line.length === 0) this.#lines.delete(object);
    else this.#ready.add(object);
    if (this.size === 0) this.#idle.resolve();
    this.#pump();
  }
}
