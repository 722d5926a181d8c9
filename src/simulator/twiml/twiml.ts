import type { WebhookReply } from "../webhooks/webhook";
import { parseXml } from "./xml";
import type { XmlElement } from "./xml";

/** One thing that the host's answer asks for, in its order. */
export type Instruction =
  | {
      readonly kind: "message";
      readonly body: string;
      readonly mediaUrls: readonly string[];
      /** Null: the person who texted, and the number that was texted. */
      readonly to: string | null;
      readonly from: string | null;
      readonly statusCallback: string | null;
      /** Where to go on after this message, if it says so: what follows it is not reached. */
      readonly action: { readonly url: string; readonly method: "GET" | "POST" } | null;
    }
  | { readonly kind: "redirect"; readonly url: string; readonly method: "GET" | "POST" };

/** What an answer says. `code` is Twilio's error code; warnings do not stop the rest. */
export type Understood =
  | {
      readonly kind: "instructions";
      readonly instructions: readonly Instruction[];
      readonly warnings: readonly number[];
    }
  | { readonly kind: "refused"; readonly code: number };

const DOCUMENT_TYPES = ["text/xml", "application/xml", "text/html"];
const NOTHING: Understood = { kind: "instructions", instructions: [], warnings: [] };

function methodOf(element: XmlElement): "GET" | "POST" {
  return element.attributes["method"]?.toUpperCase() === "GET" ? "GET" : "POST";
}

function readMessage(element: XmlElement): Instruction {
  const bodies = element.children.filter((child) => child.name === "Body");
  const media = element.children.filter((child) => child.name === "Media");
  const body = bodies.length > 0 ? bodies.map((child) => child.text).join("") : element.text.trim();
  const action = element.attributes["action"];
  return {
    kind: "message",
    body,
    mediaUrls: media.map((child) => child.text.trim()),
    to: element.attributes["to"] ?? null,
    from: element.attributes["from"] ?? null,
    statusCallback: element.attributes["statusCallback"] ?? null,
    action: action === undefined ? null : { url: action, method: methodOf(element) },
  };
}

function readVerb(element: XmlElement): Instruction | null {
  if (element.name === "Message") return readMessage(element);
  if (element.name === "Redirect")
    return { kind: "redirect", url: element.text.trim(), method: methodOf(element) };
  return null;
}

function readDocument(source: string): Understood {
  const root = parseXml(source);
  if (root === null) return { kind: "refused", code: 12100 };
  // Verbs are case-sensitive; one that is not known is skipped with a warning.
  if (root.name !== "Response") return { kind: "instructions", instructions: [], warnings: [12200] };
  const instructions: Instruction[] = [];
  const warnings: number[] = [];
  for (const child of root.children) {
    const instruction = readVerb(child);
    if (instruction === null) warnings.push(12200);
    else instructions.push(instruction);
  }
  return { kind: "instructions", instructions, warnings };
}

/**
 * Reads the host's answer to a text.
 * A document is TwiML; plain text is sent back as it is; an empty answer asks for nothing.
 * Source: Twilio docs, "TwiML for Programmable Messaging"; errors 11750, 12100, 12200, 12300 (read 2026-11).
 */
export function understandReply(reply: WebhookReply): Understood {
  if (reply.isTooLong) return { kind: "refused", code: 11750 };
  if (reply.body.trim() === "") return NOTHING;
  const contentType = reply.contentType?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (DOCUMENT_TYPES.includes(contentType)) return readDocument(reply.body);
  if (contentType !== "text/plain") return { kind: "refused", code: 12300 };
  const message: Instruction = {
    kind: "message",
    body: reply.body,
    mediaUrls: [],
    to: null,
    from: null,
    statusCallback: null,
    action: null,
  };
  return { kind: "instructions", instructions: [message], warnings: [] };
}
