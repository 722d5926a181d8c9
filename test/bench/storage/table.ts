/** A table of results, for people. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** How tables are printed: aligned for a terminal, or as Markdown that the formatter leaves as it is. */
export type Layout = "plain" | "markdown";

/** A table as text. */
export function tableText({ title, columns, rows }: Table, layout: Layout): string {
  const widths = columns.map((column, at) =>
    Math.max(3, column.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const lineOf = (cells: readonly string[]): readonly string[] =>
    // The first column has names, the others have numbers.
    widths.map((width, at) =>
      at === 0 ? (cells[at] ?? "").padEnd(width) : (cells[at] ?? "").padStart(width),
    );
  if (layout === "plain") {
    const lines = [columns, ...rows].map((cells) => `  ${lineOf(cells).join("  ")}`.trimEnd());
    return [title, ...lines].join("\n");
  }
  const rule = widths.map((width, at) => (at === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  const lines = [lineOf(columns), rule, ...rows.map(lineOf)].map((cells) => `| ${cells.join(" | ")} |`);
  return [`**${title}**`, "", ...lines].join("\n");
}

/** A time in µs or ms, with two or three digits that mean something. */
export function timeText(us: number): string {
  if (us >= 99_500) return `${Math.round(us / 1_000)} ms`;
  if (us >= 9_950) return `${(us / 1_000).toFixed(0)} ms`;
  if (us >= 1_000) return `${(us / 1_000).toFixed(1)} ms`;
  return `${us.toFixed(0)} µs`;
}

/** A ratio; a dash where there is nothing to compare with. */
export function ratioText(ratio: number | null): string {
  return ratio === null ? "–" : ratio.toFixed(2);
}

/** A whole number with separators. */
export function countText(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

/** A number of messages: 10 k, 1 M. */
export function sizeText(messages: number): string {
  if (messages % 1_000_000 === 0) return `${messages / 1_000_000} M`;
  return messages % 1_000 === 0 ? `${messages / 1_000} k` : String(messages);
}

/** Bytes in MB of a million. */
export function megabytesText(bytes: number): string {
  return `${countText(bytes / 1e6)} MB`;
}
