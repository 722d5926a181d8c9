import type { Sender, Service } from "../settings";

/** Where a text to one of our numbers goes. */
export type InboundRoute =
  | {
      readonly kind: "webhook";
      readonly url: string;
      readonly method: "GET" | "POST";
      readonly fallbackUrl: string | null;
    }
  /** Kept in the log, but nobody is called. */
  | { readonly kind: "log" }
  /** Not even kept: a Messaging Service without an address for it takes the text and drops it. */
  | { readonly kind: "dropped" };

/**
 * Which address wins. In a Messaging Service the number's own webhook is not called, unless the service says so.
 * Source: Twilio docs, "Messaging Service resource", `inbound_request_url`, `use_inbound_webhook_on_number` (read 2026-11).
 */
export function inboundRoute(sender: Sender, service: Service | null): InboundRoute {
  if (service !== null && !service.useInboundWebhookOnNumber) {
    const { inboundRequestUrl: url, inboundMethod: method, fallbackUrl } = service;
    return url === null ? { kind: "dropped" } : { kind: "webhook", url, method, fallbackUrl };
  }
  const { smsUrl: url, smsMethod: method, smsFallbackUrl: fallbackUrl } = sender;
  return url === null ? { kind: "log" } : { kind: "webhook", url, method, fallbackUrl };
}
