import { classifyReply } from "../../../src/core/consent/classify-reply";
import type { Language } from "../../../src/core/consent/language";
import * as languages from "../../../src/core/consent/languages";
import { partOf, REPLIES } from "../../fixtures/replies/corpus";
import type { CorpusPart, LabelledReply } from "../../fixtures/replies/corpus";

/** Every language of the library, English aside, by tag. */
export const LANGUAGES: readonly Language[] = Object.values<Language>(languages).toSorted((a, b) =>
  a.tag < b.tag ? -1 : 1,
);

/** How often an intent was rightly found. Both are 1 where there was nothing to get wrong. */
export interface Score {
  readonly rows: number;
  readonly precision: number;
  readonly recall: number;
}

const INTENTS = ["stop", "maybe-stop", "start", "help", "none"] as const;
const PARTS: readonly CorpusPart[] = ["tuning", "held-out", "fresh"];

/** What the library says about a row, its language switched on. */
export function intentOf({ text, language }: LabelledReply): LabelledReply["intent"] {
  return classifyReply(text, { languages: LANGUAGES.filter(({ tag }) => tag === language) }).intent;
}

/** Precision and recall of one intent on one part of the corpus. */
export function scoreOf(part: CorpusPart, intent: LabelledReply["intent"]): Score {
  const rows = REPLIES.filter((row) => partOf(row) === part);
  const wanted = rows.filter((row) => row.intent === intent);
  const found = rows.filter((row) => intentOf(row) === intent);
  const right = found.filter((row) => row.intent === intent).length;
  return {
    rows: wanted.length,
    precision: found.length === 0 ? 1 : right / found.length,
    recall: wanted.length === 0 ? 1 : right / wanted.length,
  };
}

/** The table of measurements of docs/replies.md, one line per part and intent. */
export function measuredLines(): readonly string[] {
  return PARTS.flatMap((part) =>
    INTENTS.map((intent) => ({ intent, score: scoreOf(part, intent) }))
      .filter(({ score }) => score.rows > 0)
      .map(
        ({ intent, score }) =>
          `| ${part} | \`${intent}\` | ${score.rows} | ${score.precision.toFixed(3)} | ${score.recall.toFixed(3)} |`,
      ),
  );
}

/** The table of words of docs/replies.md, one line per language. */
export function wordLines(): readonly string[] {
  const nameOf = new Map(Object.entries(languages).map(([name, { tag }]) => [tag, name]));
  return LANGUAGES.map(({ tag, stop, maybeStop = [], help = [], requests }) => {
    const cells = [stop, maybeStop, help].map((words) => words.join(", "));
    return `| \`${nameOf.get(tag) ?? ""}\` (${tag}) | ${cells.join(" | ")} | ${requests === undefined ? "no" : "yes"} |`;
  });
}
