import type { ConversationRecord } from "../../core/model/conversation";
import { creating, mustCommit, putting, removing } from "./commit-and-read";
import { equal } from "./expectations";
import { allPages } from "./list-pages";
import { at, sampleConversation } from "./sample-records";
import { onSearching, type SearchingStorage, type StorageCase } from "./storage-case";

function ofContact(
  number: number,
  contact: string,
  changes: Partial<ConversationRecord> = {},
): ConversationRecord {
  return sampleConversation(number, { id: `c${number}`, contact, ...changes });
}

async function found(
  storage: SearchingStorage,
  text: string,
  { accountSid = null, limit = 100 }: { readonly accountSid?: string | null; readonly limit?: number } = {},
): Promise<readonly string[]> {
  const page = await allPages((cursor) =>
    storage.search({ in: "contacts", text, accountSid, limit, cursor }),
  );
  return page.flat();
}

/** Searching contacts. */
export const SEARCH_CONTACT_CASES: readonly StorageCase[] = [
  onSearching(
    "a search for contacts finds them by digits anywhere in their address, and by the whole address",
    "only beginnings or whole addresses are compared, or the search for words is used",
    async (storage) => {
      const conversations = [
        ofContact(1, "+15557654321"),
        ofContact(2, "+441234567890"),
        ofContact(3, "whatsapp:+15557650000", { channel: "whatsapp" }),
      ];
      await mustCommit(storage, creating("conversation", ...conversations));
      equal(await found(storage, "555765"), ["c3", "c1"], "digits in the middle");
      equal(await found(storage, "4321"), ["c1"], "digits at the end");
      equal(await found(storage, "1555"), ["c3", "c1"], "digits at the beginning");
      equal(await found(storage, "+441234567890"), ["c2"], "the whole address");
      equal(await found(storage, "234"), ["c2"], "three digits");
      equal(await found(storage, "999"), [], "digits that nobody has");
      const page = await storage.search({
        in: "contacts",
        text: "4321",
        accountSid: null,
        limit: 5,
        cursor: null,
      });
      equal(page, { items: [conversations[0]], nextCursor: null }, "the page with the whole record");
    },
  ),
  onSearching(
    "a search for contacts with fewer than three characters finds nobody, and nothing in it is an operator",
    "an empty text is in every address, or % and _ of `like` are not escaped",
    async (storage) => {
      await mustCommit(storage, creating("conversation", ofContact(1, "+15557654321")));
      for (const text of [
        "",
        " ",
        "5",
        "55",
        " 5 ",
        "%%%",
        "___",
        "5%1",
        "5_5",
        "***",
        "???",
        "5.5",
        "\\\\\\",
      ])
        equal(await found(storage, text), [], JSON.stringify(text));
    },
  ),
  onSearching(
    "a search for contacts looks at the contact's address and not at ours",
    "both addresses are in one index",
    async (storage) => {
      await mustCommit(
        storage,
        creating(
          "conversation",
          ofContact(1, "+15557654321", { ours: "+15550009999", preview: "call 777888" }),
        ),
      );
      equal(await found(storage, "0009999"), [], "our address");
      equal(await found(storage, "777888"), [], "the preview");
    },
  ),
  onSearching(
    "a search for contacts is in one account or in all, last activity first, and its pages join to the same",
    "the account is not part of the search, or the results are in the order of the index",
    async (storage) => {
      const conversations = [3, 1, 2, 5, 5, 4].map((second, index) =>
        ofContact(index + 1, `+1555000100${index}`, {
          lastMessageAt: at(second),
          accountSid: index % 2 === 0 ? "AC1" : "AC2",
        }),
      );
      await mustCommit(storage, creating("conversation", ...conversations));
      const timesOf = (ids: readonly string[]) =>
        ids.map((id) => conversations.find((one) => one.id === id)?.lastMessageAt);
      const all = await found(storage, "0001");
      equal(timesOf(all), [5, 5, 4, 3, 2, 1].map(at), "the last activity of those found");
      for (const limit of [1, 2, 4, 6])
        equal(await found(storage, "0001", { limit }), all, `in pages of ${limit}`);
      equal(await found(storage, "0001", { accountSid: "AC1", limit: 2 }), ["c5", "c1", "c3"], "in AC1");
      equal(await found(storage, "0001", { accountSid: "AC2" }), ["c4", "c6", "c2"], "in AC2");
    },
  ),
  onSearching(
    "a search for contacts follows every change of their conversations",
    "the index is only written when a record is created",
    async (storage) => {
      await mustCommit(
        storage,
        creating("conversation", ofContact(1, "+15557654321"), ofContact(2, "+15557650000")),
      );
      equal(await found(storage, "555765"), ["c2", "c1"], "before");
      await mustCommit(storage, [
        putting("conversation", ofContact(1, "+15557654321", { lastMessageAt: at(99) }), 1),
      ]);
      equal(await found(storage, "555765"), ["c1", "c2"], "after the other was active");
      await mustCommit(storage, [removing("conversation", "c2", 1)]);
      equal(await found(storage, "555765"), ["c1"], "after one was removed");
    },
  ),
];
