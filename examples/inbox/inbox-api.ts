import { Router } from "express";
import type { Sms } from "@mailtrixy/sms";
import { measureText } from "@mailtrixy/sms/core";
import * as z from "zod";
import { business, customers } from "./bakery";
import type { MediaCopies } from "./media-copies";

/** Who works at this inbox. A real host takes it from the session. */
const AGENT = "counter";

/** How many messages of a thread are fetched at once. */
const THREAD_PAGE = 100;

const ListQuery = z.object({ status: z.enum(["open", "closed"]), cursor: z.string().optional() });
const PageQuery = z.object({ cursor: z.string() });
const MediaQuery = z.object({ url: z.url() });
const Reply = z.object({ body: z.string(), idempotencyKey: z.string().min(1).max(100) });
const Mode = z.object({ mode: z.enum(["draft", "auto", "off"]).nullable() });
const Approval = z.object({
  body: z.string().nullable().default(null),
  evenIfStale: z.boolean().default(false),
});
const Measure = z.object({ body: z.string() });

/** What the page asks of the inbox. Each route is one call of the library. */
export function inboxApi({
  sms,
  media,
  hasPhones,
}: {
  readonly sms: Sms;
  readonly media: MediaCopies;
  /** Whether the customers' phones are simulated here. */
  readonly hasPhones: boolean;
}): Router {
  const { conversations, drafts, consent } = sms;
  const api = Router();

  api.get("/desk", (_request, response) => {
    response.json({ business, customers, hasPhones });
  });
  api.get("/conversations", async (request, response) => {
    const { status, cursor } = ListQuery.parse(request.query);
    response.json(await conversations.list({ status, cursor: cursor ?? null, limit: 100 }));
  });
  api.get("/conversations/:id", async (request, response) => {
    const { id } = request.params;
    const conversation = await conversations.get(id);
    if (conversation === null) {
      response
        .status(404)
        .json({ error: { code: "conversation_not_found", message: "This conversation is not there." } });
      return;
    }
    const [messages, waiting, gate] = await Promise.all([
      conversations.messages(id, { order: "newest-first", limit: THREAD_PAGE }),
      drafts.list({ conversationId: id, limit: 10 }),
      consent.get({ contact: conversation.contact }),
    ]);
    response.json({
      conversation,
      messages: messages.items,
      nextCursor: messages.nextCursor,
      drafts: waiting.items,
      consent: gate,
    });
  });
  api.get("/conversations/:id/messages", async (request, response) => {
    const { cursor } = PageQuery.parse(request.query);
    const { id } = request.params;
    response.json(await conversations.messages(id, { order: "newest-first", limit: THREAD_PAGE, cursor }));
  });
  api.get("/conversations/:id/drafts", async (request, response) => {
    response.json(await drafts.list({ conversationId: request.params.id, limit: 10 }));
  });

  api.post("/conversations/:id/reply", async (request, response) => {
    const { body, idempotencyKey } = Reply.parse(request.body);
    const author = { kind: "person", id: AGENT } as const;
    response.json(await conversations.reply(request.params.id, { body, idempotencyKey, author }));
  });
  api.post("/conversations/:id/read", async (request, response) => {
    response.json(await conversations.markRead(request.params.id));
  });
  api.post("/conversations/:id/close", async (request, response) => {
    response.json(await conversations.close(request.params.id));
  });
  api.post("/conversations/:id/reopen", async (request, response) => {
    response.json(await conversations.reopen(request.params.id));
  });
  api.post("/conversations/:id/assistant", async (request, response) => {
    const { mode } = Mode.parse(request.body);
    response.json(await conversations.setAssistantMode(request.params.id, mode));
  });
  api.post("/conversations/:id/opt-out", async (request, response) => {
    const conversation = await conversations.get(request.params.id);
    if (conversation === null) {
      response
        .status(404)
        .json({ error: { code: "conversation_not_found", message: "This conversation is not there." } });
      return;
    }
    const note = "Asked for it in their own words.";
    const gate = await consent.optOut({ contact: conversation.contact, by: AGENT, note });
    // There is nothing left to answer.
    await conversations.close(request.params.id);
    response.json(gate);
  });

  api.post("/drafts/:id/approve", async (request, response) => {
    const { body, evenIfStale } = Approval.parse(request.body);
    const edited = body === null ? {} : { body };
    response.json(await drafts.approve(request.params.id, { ...edited, by: AGENT, evenIfStale }));
  });
  api.post("/drafts/:id/discard", async (request, response) => {
    response.json(await drafts.discard(request.params.id, { by: AGENT }));
  });

  api.post("/measure", (request, response) => {
    response.json(measureText(Measure.parse(request.body).body));
  });
  api.get("/media", async (request, response) => {
    const copy = await media.read(MediaQuery.parse(request.query).url);
    if (copy === null) {
      response.status(404).json({ error: { code: "not_found", message: "This picture is not there." } });
      return;
    }
    // The content is a stranger's: shown as a picture or not at all, and never as a page.
    response
      .set({ "content-type": copy.contentType, "cache-control": "private, max-age=86400" })
      .send(copy.bytes);
  });
  return api;
}
