/** Reads the event stream of `go test -json`: shows a line a package and everything of a failed one, and counts tests. */

export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

interface GoEvent {
  readonly Action: string;
  readonly Package?: string;
  readonly Test?: string;
  readonly Output?: string;
  readonly Elapsed?: number;
}

/** One run of the Go tests. */
export class GoTests {
  #passed = 0;
  #failed = 0;
  readonly #output = new Map<string, string>();

  /** Takes one line of the stream; a line that is no event is shown as it is. */
  read(line: string): void {
    if (!line.startsWith("{")) {
      console.log(line);
      return;
    }
    const event = JSON.parse(line) as GoEvent;
    this.#remember(event);
    if (event.Test === undefined) this.#showPackage(event);
    else this.#count(event);
  }

  counts(): Counts {
    return { passed: this.#passed, failed: this.#failed };
  }

  #remember({ Package: name = "", Output: text = "" }: GoEvent): void {
    this.#output.set(name, (this.#output.get(name) ?? "") + text);
  }

  #count({ Action: action }: GoEvent): void {
    if (action === "pass") this.#passed += 1;
    if (action === "fail") this.#failed += 1;
  }

  #showPackage({ Action: action, Package: name = "", Elapsed: seconds = 0 }: GoEvent): void {
    if (action === "pass") console.log(`ok    ${name}  ${seconds.toFixed(1)} s`);
    if (action === "fail") console.log(`FAIL  ${name}\n${this.#output.get(name) ?? ""}`);
  }
}
