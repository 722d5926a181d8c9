import { readFile } from "node:fs/promises";
import { Router } from "express";
import { toExpressHandler } from "@mailtrixy/sms/express";
import * as z from "zod";
import type { PhoneDesk } from "./phone-desk";

const Numbered = z.object({ number: z.string().regex(/^\+[1-9]\d{6,14}$/) });
const Text = Numbered.extend({ body: z.string().max(1600), photo: z.boolean().default(false) });
const Reach = Numbered.extend({ isReachable: z.boolean() });

const PHOTO = new URL("photos/cake.jpg", import.meta.url);

/** What the phone at the left asks. In real life this side is the customers' own. */
export function phoneApi(phones: PhoneDesk): Router {
  const api = Router();
  api.get("/phone", (request, response) => {
    const { number } = Numbered.parse(request.query);
    response.json({ messages: phones.texts(number), isReachable: phones.isReachable(number) });
  });
  api.post("/phone/text", async (request, response) => {
    const { number, body, photo } = Text.parse(request.body);
    const picture = photo ? { contentType: "image/jpeg", bytes: await readFile(PHOTO) } : null;
    await phones.text({ number, body, picture });
    response.json({ kind: "sent" });
  });
  api.post("/phone/reachable", (request, response) => {
    const { number, isReachable } = Reach.parse(request.body);
    phones.setReachable(number, isReachable);
    response.json({ isReachable });
  });
  api.get(
    "/phone/stream",
    toExpressHandler((request) => streamOf(phones, request.signal)),
  );
  return api;
}

/** Which phones changed, as server-sent events. */
function streamOf(phones: PhoneDesk, gone: AbortSignal): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode("retry: 1000\n\n"));
      const leave = phones.onChange((number) => {
        controller.enqueue(encoder.encode(`event: phone\ndata: ${JSON.stringify({ number })}\n\n`));
      });
      gone.addEventListener(
        "abort",
        () => {
          leave();
          controller.close();
        },
        { once: true },
      );
    },
  });
  return new Response(body, {
    headers: { "content-type": "text/event-stream", "cache-control": "no-cache" },
  });
}
