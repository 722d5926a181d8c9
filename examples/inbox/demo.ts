import { createServer } from "node:http";
import type { Server } from "node:http";
import type { Express } from "express";
import { createSms, withConnectionOverrides } from "@mailtrixy/sms";
import type { Logger, Sms, SmsOptions, Storage } from "@mailtrixy/sms";
import { createSimulator } from "@mailtrixy/sms/simulator";
import type { Simulator } from "@mailtrixy/sms/simulator";
import { bakeryAssistant, business } from "./bakery";
import { createHost } from "./host";
import { listen } from "./listen";
import { createMediaCopies } from "./media-copies";
import { createPhoneDesk } from "./phone-desk";
import { openStorage } from "./storage";

/** What the demo is started with. */
export interface DemoOptions {
  /** The port to try first; another free one is taken where it is in use. 0 takes any. */
  readonly port: number;
  /** What keeps the conversations: a SQLite file, or a PostgreSQL connection (`postgres://…`). */
  readonly storage: string;
  /** Where copies of pictures are kept. */
  readonly mediaFolder: string;
  /** Milliseconds between two steps of a delivery: `queued` → `sent` → `delivered`. */
  readonly stepMs: number;
  /** Where Twilio's API is. Without it a simulated Twilio is started, with phones to text from. */
  readonly twilioUrl?: string;
  /** More for `createSms`; tests set short times. */
  readonly smsOptions?: Partial<SmsOptions>;
  readonly logger?: Logger;
}

/** The running demo. */
export interface Demo {
  readonly url: string;
  readonly webhookUrl: string;
  readonly sms: Sms;
  /** Null where Twilio is elsewhere. */
  readonly simulator: Simulator | null;
  /** Closes the port, finishes what is under way, closes the database. */
  stop(): Promise<void>;
}

/** The account at the simulated Twilio. Real ones come from the environment, never from the source. */
export const account = {
  accountSid: "AC0123456789abcdef0123456789abcdef",
  authToken: "f1e2d3c4b5a69788796a5b4c3d2e1f00",
  from: business.number,
} as const;

/** Takes a port and opens the demo on it. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const server = createServer();
  const port = await listen(server, options.port);
  const parts = assemble(options, port);
  // A browser that was waiting for a restart asks at once: its request waits until the parts are together.
  server.on("request", (request, response) => {
    parts.then(
      ({ host }) => {
        host(request, response);
      },
      () => response.destroy(),
    );
  });
  const { sms, simulator, storage, webhookUrl } = await parts;
  return {
    url: `http://127.0.0.1:${port}`,
    webhookUrl,
    sms,
    simulator,
    async stop() {
      const closed = close(server);
      await sms.stop();
      await simulator?.stop();
      await storage.close();
      await closed;
    },
  };
}

interface Parts {
  readonly sms: Sms;
  readonly simulator: Simulator | null;
  readonly storage: Storage;
  readonly host: Express;
  readonly webhookUrl: string;
}

/** Puts the parts together: a simulated Twilio with phones, the library, and an Express host with one page. */
async function assemble(options: DemoOptions, port: number): Promise<Parts> {
  const { mediaFolder, logger } = options;
  const webhookUrl = `http://127.0.0.1:${port}/api/webhooks/twilio-sms`;
  const { simulator, apiBaseUrl } = await openTwilio(options, webhookUrl);

  const storage = openStorage(options.storage);
  const sms = createSms({
    ...options.smsOptions,
    account: { ...account, apiBaseUrl },
    webhookUrl,
    storage,
    assistant: { ...options.smsOptions?.assistant, use: bakeryAssistant(), mode: "draft" },
    ...(logger === undefined ? {} : { logger }),
  });
  await sms.start();

  const media = createMediaCopies({ folder: mediaFolder, apiBaseUrl, account });
  // Twilio keeps media behind the account's credentials, and not for ever: what arrives is copied.
  sms.on("message.received", ({ message }) => {
    media.keep(message.media);
  });
  const phones = simulator === null ? null : await createPhoneDesk({ sms, simulator, ours: business.number });
  return { sms, simulator, storage, webhookUrl, host: createHost({ sms, phones, media, port }) };
}

/** The Twilio of the options, or one of the demo's own. */
async function openTwilio(
  { twilioUrl, stepMs }: DemoOptions,
  webhookUrl: string,
): Promise<{ readonly simulator: Simulator | null; readonly apiBaseUrl: string }> {
  if (twilioUrl !== undefined) return { simulator: null, apiBaseUrl: twilioUrl };
  const simulator = createSimulator({
    accounts: [{ accountSid: account.accountSid, authToken: account.authToken }],
    numbers: [{ phoneNumber: business.number, smsUrl: withConnectionOverrides(webhookUrl) }],
    delivery: { stepMs },
  });
  await simulator.start();
  return { simulator, apiBaseUrl: simulator.url };
}

/** Ends the port and every connection, the live streams too: they would stay open for ever. */
async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
