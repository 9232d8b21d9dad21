/** Figures and how they print. */

export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly aim?: string;
}

/** The value below which the share `quantile` (0..1) of the samples lies; nearest rank. Throws without samples. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((left, right) => left - right);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error("no samples");
  return value;
}

/** Milliseconds as seconds with two digits. */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

/** An aligned table of figures. */
export function renderFigures(figures: readonly Figure[]): string {
  const nameWidth = Math.max(...figures.map((figure) => figure.name.length));
  const valueWidth = Math.max(...figures.map((figure) => figure.value.length));
  return figures
    .map(({ name, value, aim }) =>
      `  ${name.padEnd(nameWidth)}  ${value.padStart(valueWidth)}${aim === undefined ? "" : `  (aim ${aim})`}`.trimEnd(),
    )
    .join("\n");
}
