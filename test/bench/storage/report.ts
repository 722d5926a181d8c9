import type { Quantiles } from "./measure";
import type { Findings } from "./run";
import { countText, megabytesText, ratioText, sizeText, timeText, type Table } from "./table";
import type { Rate } from "./webhooks";

/** The findings of one storage as tables. */
export function tablesOf(findings: Findings): readonly Table[] {
  return [databaseTable(findings), listTable(findings), webhookTable(findings), memoryTable(findings)];
}

function databaseTable({ storage, facts, databases }: Findings): Table {
  return {
    title: `${storage}: the databases (${facts})`,
    columns: [
      "messages",
      "conversations",
      "records",
      "filled, messages a second",
      "on the disk",
      "bytes a message",
    ],
    rows: databases.map(({ messages, conversations, records, tookMs, bytes }) => [
      sizeText(messages),
      countText(conversations),
      countText(records),
      countText((messages / tookMs) * 1_000),
      bytes === null ? "–" : megabytesText(bytes),
      bytes === null ? "–" : countText(bytes / messages),
    ]),
  };
}

/** One line for each probe, with all sizes in it: whether a page grows with its table is seen at a glance. */
function listTable({ storage, lists }: Findings): Table {
  const sizes = [...new Set(lists.map(({ messages }) => messages))].sort((a, b) => a - b);
  const [smallest = 0, largest = 0] = [sizes[0], sizes.at(-1)];
  const probes = [...new Set(lists.map(({ probe }) => probe))];
  return {
    title: `${storage}: pages of 50, look-ups, searches (p50 / p99)`,
    columns: [
      "what",
      "found",
      ...sizes.map(sizeText),
      `${sizeText(largest)} by hand`,
      "to by hand",
      `to ${sizeText(smallest)}`,
    ],
    rows: probes.map((probe) => {
      const found = sizes.map((size) => lists.find((one) => one.probe === probe && one.messages === size));
      const last = found.at(-1);
      return [
        probe,
        averageText(last?.found ?? 0),
        ...found.map((one) => quantilesText(one?.ours ?? null)),
        quantilesText(last?.raw ?? null),
        found.map((one) => ratioText(one?.toRaw ?? null)).join(" · "),
        found
          .slice(1)
          .map((one) => ratioText(one?.toSmallest ?? null))
          .join(" · "),
      ];
    }),
  };
}

function averageText(average: number): string {
  return average.toFixed(average % 1 === 0 ? 0 : 1);
}

function quantilesText(quantiles: Quantiles | null): string {
  return quantiles === null ? "–" : `${timeText(quantiles.p50)} / ${timeText(quantiles.p99)}`;
}

function webhookTable({ storage, webhooks }: Findings): Table {
  const cells = (rate: Rate | null): readonly string[] =>
    rate === null ? ["–", "–"] : [countText(rate.perSecond), quantilesText(rate)];
  return {
    title: `${storage}: inbound webhooks to a committed answer, a second (p50 / p99)`,
    columns: [
      "at once",
      "messages",
      "webhooks",
      "",
      "storage alone",
      "",
      "by hand",
      "",
      "storage to by hand",
    ],
    rows: webhooks.map(({ atOnce, messages, webhook, storage: alone, raw, ratio }) => [
      String(atOnce),
      sizeText(messages),
      ...cells(webhook),
      ...cells(alone),
      ...cells(raw),
      ratioText(ratio),
    ]),
  };
}

function memoryTable({ storage, memory }: Findings): Table {
  return {
    title: `${storage}: memory of the process`,
    columns: ["after", "resident", "heap alive"],
    rows: memory.map(({ after, rss, heap }) => [after, megabytesText(rss), megabytesText(heap)]),
  };
}
