/** Named, timed steps with visible progress: what `make demo` and `make test` print while they work. */

export interface StepTime {
  readonly name: string;
  readonly seconds: number;
}

/** Tells what a running step is doing; repeated texts print once. */
export type ReportProgress = (message: string) => void;

/** Runs steps one after the other and remembers how long each took. */
export class Steps {
  readonly times: StepTime[] = [];

  /** Runs one step; its progress prints with the seconds since the step began. Rethrows what the step throws. */
  async run<Result>(name: string, step: (report: ReportProgress) => Promise<Result>): Promise<Result> {
    const began = performance.now();
    const elapsed = (): number => (performance.now() - began) / 1000;
    console.log(`\n==> ${name}`);
    let last = "";
    let lastPrinted = began;
    const print = (message: string): void => {
      lastPrinted = performance.now();
      console.log(`    ${elapsed().toFixed(0).padStart(4)} s  ${message}`);
    };
    const report: ReportProgress = (message) => {
      if (message === last) return;
      last = message;
      print(message);
    };
    // A quiet step still shows that it lives.
    const heartbeat = setInterval(() => {
      if (performance.now() - lastPrinted > 15_000) print(last === "" ? "working" : `still: ${last}`);
    }, 1_000);
    try {
      return await step(report);
    } finally {
      clearInterval(heartbeat);
      this.times.push({ name, seconds: elapsed() });
    }
  }

  /** The table of steps and seconds, with their sum. */
  summary(): string {
    const total = this.times.reduce((sum, step) => sum + step.seconds, 0);
    const rows = [...this.times, { name: "total", seconds: total }];
    const width = Math.max(...rows.map((row) => row.name.length));
    return rows
      .map((row) => `  ${row.name.padEnd(width)}  ${row.seconds.toFixed(1).padStart(7)} s`)
      .join("\n");
  }
}
