/** Reads the event stream of `go test -json`: a line a package, everything of a failed one, and the tests counted. */
import type { Counts, FailedTest } from "./counts.ts";

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
  readonly #failures: FailedTest[] = [];
  readonly #output = new Map<string, string>();
  /** Output of the tests that run, by package and name. */
  readonly #outputOfTests = new Map<string, string>();

  /** Takes one line of the stream and returns what of it is to be shown: a line that is no event is, as it is. */
  read(line: string): string | undefined {
    if (!line.startsWith("{")) return line;
    const event = JSON.parse(line) as GoEvent;
    this.#remember(event);
    if (event.Test === undefined) return this.#packageLine(event);
    this.#count(event, event.Test);
    return undefined;
  }

  counts(): Counts {
    return { passed: this.#passed, failed: this.#failures.length, failures: this.#failures };
  }

  #remember({ Package: name = "", Test: test, Output: text = "" }: GoEvent): void {
    this.#output.set(name, (this.#output.get(name) ?? "") + text);
    if (test === undefined) return;
    const key = `${name} ${test}`;
    this.#outputOfTests.set(key, (this.#outputOfTests.get(key) ?? "") + text);
  }

  #count({ Action: action, Package: name = "" }: GoEvent, test: string): void {
    if (action !== "pass" && action !== "fail") return;
    const key = `${name} ${test}`;
    const message = (this.#outputOfTests.get(key) ?? "").replaceAll(/^\s*(===|---) .*$/gm, "").trim();
    this.#outputOfTests.delete(key);
    if (action === "pass") this.#passed += 1;
    else
      this.#failures.push({
        name: test,
        only: test.replaceAll(" ", "_"),
        ...(message !== "" && { message }),
      });
  }

  #packageLine({ Action: action, Package: name = "", Elapsed: seconds = 0 }: GoEvent): string | undefined {
    if (action === "pass") return `ok    ${name}  ${seconds.toFixed(1)} s`;
    if (action === "fail") return `FAIL  ${name}\n${this.#output.get(name) ?? ""}`;
    return undefined;
  }
}
