/** Reading what arrives: the reply's meaning, and the form it comes in. Run: npx tsx test/bench/webhook-text.ts */
import { classifyReply } from "../../src/core/consent/classify-reply";
import { parseForm } from "../../src/core/webhook/form";
import { parseWebhook } from "../../src/core/webhook/payload";
import { encodeForm, inboundSms } from "../fixtures/twilio/payloads";
import { compare, comparisonLine } from "./paired";
import type { Pair } from "./paired";

const ORDINARY = [
  "Hi, is my order ready?",
  "Thanks, see you at 5",
  "Can I move my appointment to Friday afternoon?",
  "ok",
  "The gate code is 4471, please leave it by the door",
  "Yes please",
  "Do you have it in blue?",
  "Running 10 minutes late",
];
const DOUBTFUL = [
  "please stop texting me",
  "STOP!!!",
  "stop by at 5?",
  "don't stop sending these",
  "opt out",
];
const LONG = "I wanted to ask whether the delivery could come a little later. ".repeat(25).slice(0, 1_600);
const FORM = encodeForm(inboundSms({ Body: "Hello there, is my order ready?" }));

/** Anybody's first attempt at the same question: a set look-up of the trimmed, upper-cased text. */
const WORDS = new Set(["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"]);

function over(texts: readonly string[], work: (text: string) => unknown): (runs: number) => unknown {
  return (runs) => {
    let last: unknown;
    for (let run = 0; run < runs; run += 1) last = work(texts[run % texts.length] ?? "");
    return last;
  };
}

const lookUp = (text: string): boolean => WORDS.has(text.trim().toUpperCase());

const pairs: readonly Pair[] = [
  {
    name: "classifyReply, ordinary, against a set look-up",
    a: over(ORDINARY, (text) => classifyReply(text)),
    b: over(ORDINARY, lookUp),
  },
  {
    name: "classifyReply, doubtful, against a set look-up",
    a: over(DOUBTFUL, (text) => classifyReply(text)),
    b: over(DOUBTFUL, lookUp),
  },
  {
    name: "classifyReply, 1,600 characters, against a set look-up",
    a: over([LONG], (text) => classifyReply(text)),
    b: over([LONG], lookUp),
  },
  {
    name: "parse a form, against URLSearchParams",
    a: over([FORM], parseForm),
    b: over([FORM], (form) => [...new URLSearchParams(form)]),
  },
  {
    name: "form to event, against a bare URLSearchParams",
    a: over([FORM], (form) => parseWebhook(parseForm(form))),
    b: over([FORM], (form) => [...new URLSearchParams(form)]),
  },
];

for (const pair of pairs) process.stdout.write(`${comparisonLine(await compare(pair))}\n`);
