import type { Assistant } from "../../ports/assistant";

/** One thing the assistant knows. */
export interface Rule {
  /** Words or phrases of which one must appear in the message as whole words, in any case; or a pattern. */
  readonly when: readonly string[] | RegExp;
  readonly reply: string;
}

/** What a rule-based assistant says. */
export interface RuleAssistantOptions {
  /** Tried in order; the first that fits answers. */
  readonly rules: readonly Rule[];
  /** What it says when no rule fits. Without it, a person is asked for. */
  readonly otherwise?: string;
}

/** An assistant without a model: it answers what its rules know, and hands the rest to a person or to `otherwise`. */
export function ruleAssistant(options: RuleAssistantOptions): Assistant {
  return {
    answer: async ({ messages }) => {
      const question = messages.at(-1)?.body ?? "";
      const words = wordsOf(question);
      for (const { when, reply } of options.rules) {
        // `search` starts anew each time, whatever flags the pattern has.
        const fits =
          when instanceof RegExp ? question.search(when) >= 0 : when.some((phrase) => says(words, phrase));
        if (fits) return { kind: "reply", body: reply };
      }
      if (options.otherwise === undefined) return { kind: "handoff", why: "No rule fits." };
      return { kind: "reply", body: options.otherwise };
    },
  };
}

/** The words of a text between single spaces, in one case and one Unicode form; vowel signs and accents belong to their word. */
function wordsOf(text: string): string {
  const words =
    text
      .normalize("NFC")
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return words.length === 0 ? "" : ` ${words.join(" ")} `;
}

function says(words: string, phrase: string): boolean {
  const wanted = wordsOf(phrase);
  return wanted !== "" && words.includes(wanted);
}
