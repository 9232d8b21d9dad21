/** Draws when each task ran: a line a task, time from left to right. */

/** A bar of the chart. */
export interface Bar {
  readonly name: string;
  /** Milliseconds from the beginning of the chart. */
  readonly began: number;
  readonly ended: number;
}

const defaultColumns = 60;

/** The chart as text, in the order in which the tasks began; the longest, which decide how long all takes, show themselves. */
export function drawChart(bars: readonly Bar[], columns = defaultColumns): string {
  const end = Math.max(1, ...bars.map((bar) => bar.ended));
  const columnOf = (time: number): number => Math.min(columns - 1, Math.floor((time / end) * columns));
  const width = Math.max(0, ...bars.map((bar) => bar.name.length));
  const lines = [...bars]
    .sort((left, right) => left.began - right.began)
    .map((bar) => {
      const [first, last] = [columnOf(bar.began), columnOf(Math.max(bar.began, bar.ended - 1))];
      const line = " ".repeat(first) + "#".repeat(last - first + 1);
      return `  ${bar.name.padEnd(width)} |${line.padEnd(columns)}| ${seconds(bar.began)} + ${seconds(bar.ended - bar.began)} s`;
    });
  return [...lines, `  ${"".padEnd(width)}  0${seconds(end).padStart(columns - 1)} s`].join("\n");
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(0).padStart(4);
}
