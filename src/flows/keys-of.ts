import type { Kind } from "../core/model/record";

/** Names records of one kind by their ids. */
export function keysOf<K extends Kind>(
  kind: K,
  ids: readonly string[],
): readonly { readonly kind: K; readonly id: string }[] {
  return ids.map((id) => ({ kind, id }));
}
