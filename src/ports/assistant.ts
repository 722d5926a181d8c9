import type { Conversation } from "../core/model/conversation";
import type { Message } from "../core/model/message";

/** What the assistant is asked. */
export interface AssistantRequest {
  readonly conversation: Conversation;
  /** The last messages, oldest first; the last one is to be answered. */
  readonly messages: readonly Message[];
  /** The longest answer that will be sent, in SMS segments; what is longer is cut at a sentence. */
  readonly maxSegments: number;
}

/** What the assistant wants: to say something, to hand over to a person, or nothing. */
export type AssistantAnswer =
  | { readonly kind: "reply"; readonly body: string }
  | { readonly kind: "handoff"; readonly why: string }
  | { readonly kind: "silence" };

/** Writes answers. It never sends: what it says passes the same gates as what a person says. */
export interface Assistant {
  /** Resolves to the answer; rejects when it cannot. `signal` aborts when the time is up or the process stops. */
  answer(request: AssistantRequest, options: { readonly signal: AbortSignal }): Promise<AssistantAnswer>;
}
