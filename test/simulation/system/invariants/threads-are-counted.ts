import type { Watch } from "../facts";
import type { World } from "../world";

/** Places in a conversation are 1, 2, 3, … and one conversation has each pair of addresses. */
export function threadsAreCounted(world: World): Watch {
  const invariant = "threadsAreCounted";
  return {
    end() {
      const places = new Map<string, number[]>();
      for (const { conversationId, seq } of world.mirror.all("message")) {
        places.set(conversationId, [...(places.get(conversationId) ?? []), seq]);
      }
      const pairs = new Set<string>();
      for (const { id, contact, ours, lastSeq } of world.mirror.all("conversation")) {
        const found = (places.get(id) ?? []).sort((a, b) => a - b);
        const isCounted = found.every((seq, index) => seq === index + 1) && found.length === lastSeq;
        if (!isCounted) {
          world.violate({
            invariant,
            about: [id, contact],
            text: `${id} has places ${found.join(",")} of ${lastSeq}`,
          });
        }
        const pair = `${contact}|${ours}`;
        if (pairs.has(pair))
          world.violate({ invariant, about: [contact], text: `two conversations for ${pair}` });
        pairs.add(pair);
        places.delete(id);
      }
      for (const id of places.keys())
        world.violate({ invariant, about: [id], text: `messages of no conversation ${id}` });
    },
  };
}
