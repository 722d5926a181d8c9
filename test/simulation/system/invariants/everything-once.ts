import type { Watch } from "../facts";
import { answerMark } from "../people/assistant";
import type { World } from "../world";

/** G2: one MessageSid makes one message, one consent entry at most, and one answer at most. */
export function everythingOnce(world: World): Watch {
  const invariant = "everythingOnce";
  return {
    end() {
      const { mirror } = world;
      const messages = mirror.all("message");
      const entriesOf = countBy(mirror.all("consentEntry"), ({ evidence }) => evidence.messageSid);
      const draftsOf = countBy(mirror.all("draft"), ({ answersMessageId }) => answersMessageId);
      const outbound = messages.filter(({ direction }) => direction === "outbound");
      const answersOf = countBy(outbound, ({ body, author }) =>
        author.kind === "assistant" ? (/^Re (\w+):/.exec(body)?.[1] ?? null) : null,
      );
      const inboundOf = countBy(messages, ({ direction, sid, extra, ...message }) =>
        direction === "inbound"
          ? (sid ?? extra["MessageSid"] ?? `${message.body}|${message.from}|${message.createdAt}`)
          : null,
      );
      for (const text of world.texts.values()) {
        expectAtMostOne(inboundOf, text.sid, "messages");
        expectAtMostOne(entriesOf, text.sid, "consent entries");
        expectAtMostOne(draftsOf, text.sid, "drafts");
        expectAtMostOne(answersOf, text.sid, "answers");
      }
      const sent = countBy(
        world.posts.filter(({ sid }) => sid !== null),
        ({ body }) => /^Re (\w+):/.exec(body)?.[0] ?? null,
      );
      for (const text of world.texts.values()) {
        expectAtMostOne(sent, answerMark(text.sid), "answers at Twilio", text.sid);
      }
      storedTexts(messages.filter(({ direction }) => direction === "inbound"));
    },
  };

  /** Whatever ids the messages have: as many are stored as people sent. */
  function storedTexts(inbound: readonly { readonly from: string; readonly body: string }[]): void {
    const stored = countBy(inbound, ({ from, body }) => `${from}|${body}`);
    const sent = countBy([...world.texts.values()], ({ contact, body }) => `${contact}|${body}`);
    for (const [text, count] of stored) {
      if (count > (sent.get(text) ?? 0)) {
        world.violate({
          invariant,
          about: [text.split("|")[0] ?? ""],
          text: `"${text}" was sent ${sent.get(text) ?? 0} times and stored ${count} times`,
        });
      }
    }
  }

  function expectAtMostOne(counts: ReadonlyMap<string, number>, id: string, what: string, about = id): void {
    const count = counts.get(id) ?? 0;
    if (count > 1) world.violate({ invariant, about: [about], text: `${id} made ${count} ${what}` });
  }
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string | null): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) {
    const key = keyOf(item);
    if (key !== null) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
