import type { Searches } from "../../../src/ports/storage";
import type { Probe } from "./probes";
import type { Subject } from "./subject";
import type { Samples } from "./samples";
import { SOUGHT } from "./vocabulary";
import { ACCOUNTS } from "./workload";

interface SearchProbe {
  readonly name: string;
  readonly in: keyof Searches;
  readonly text: (at: number) => string;
}

/** Searches of the first account; none where the storage cannot search. */
export function searchProbesOf({ storage, raw }: Subject, samples: Samples): readonly Probe[] {
  if (storage.search === undefined) return [];
  const search = storage.search.bind(storage);
  return searchesOf(samples).map(({ name, in: where, text }) => {
    const byHand = raw?.search?.(where) ?? null;
    return {
      name,
      ours: async (at, limit) => {
        const query = { in: where, text: text(at), accountSid: ACCOUNTS[0], limit, cursor: null };
        return (await search(query)).items;
      },
      raw: byHand === null ? null : (at) => byHand(text(at)),
    };
  });
}

function searchesOf({ contactsOfFirst }: Samples): readonly SearchProbe[] {
  const words: Readonly<Record<string, string>> = {
    "search, a rare word": SOUGHT.rare,
    "search, a common word": SOUGHT.common,
    "search, the beginning of a word": SOUGHT.prefix,
    "search, a rare and a common word": `${SOUGHT.rare} ${SOUGHT.common}`,
  };
  return [
    ...Object.entries(words).map(([name, text]) => ({ name, in: "messages" as const, text: () => text })),
    {
      // As someone types it who remembers a piece of the number.
      name: "search, part of a number",
      in: "contacts",
      text: (at) => contactsOfFirst[at % contactsOfFirst.length]?.contact.slice(-7) ?? "",
    },
  ];
}
