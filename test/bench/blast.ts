/** The client of `throughput.ts`: posts signed webhooks over 50 connections and prints how many a second. Arguments: PORT URL COUNT. */
import { Agent, request as httpRequest } from "node:http";
import twilio from "twilio";
import { encodeForm, FIXTURE_AUTH_TOKEN, inboundSms } from "../fixtures/twilio/payloads";

const CONNECTIONS = 50;
const WARM_UP = 500;

interface Post {
  readonly body: string;
  readonly signature: string;
}

function posts(url: string, count: number): readonly Post[] {
  return Array.from({ length: count }, (_, index) => {
    const payload = inboundSms({
      MessageSid: `SM${String(index).padStart(32, "0")}`,
      From: `+1415555${String(index % 500).padStart(4, "0")}`,
      Body: `Message number ${index}`,
    });
    const signature = twilio.getExpectedTwilioSignature(FIXTURE_AUTH_TOKEN, url, payload);
    return { body: encodeForm(payload), signature };
  });
}

/** Requests per second at `CONNECTIONS` connections. */
async function blast(port: number, path: string, all: readonly Post[]): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  let next = 0;
  const started = performance.now();
  const one = async (): Promise<void> => {
    for (let post = all[next]; post !== undefined; post = all[next]) {
      next += 1;
      const { body, signature } = post;
      const status = await new Promise<number | undefined>((resolve, reject) => {
        const request = httpRequest(
          {
            agent,
            port,
            path,
            method: "POST",
            headers: {
              "content-type": "application/x-www-form-urlencoded",
              "content-length": Buffer.byteLength(body),
              "x-twilio-signature": signature,
            },
          },
          (response) => {
            response.resume().on("end", () => {
              resolve(response.statusCode);
            });
          },
        );
        request.on("error", reject);
        request.end(body);
      });
      if (status !== 200) throw new Error(`answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, one));
  agent.destroy();
  return (all.length / (performance.now() - started)) * 1_000;
}

const [port, url = "", count] = process.argv.slice(2).map(String);
const all = posts(url, Number(count) + WARM_UP);
await blast(Number(port), new URL(url).pathname, all.slice(0, WARM_UP));
process.stdout.write(String(await blast(Number(port), new URL(url).pathname, all.slice(WARM_UP))));
