import type { Sender, Service } from "./settings";

/** The three things that a keyword asks for. */
export type KeywordKind = "STOP" | "START" | "HELP";

/** Who answers a keyword: nobody, Twilio, or for toll-free numbers the carriers' network in front of Twilio. */
export interface KeywordAnswer {
  /** Null: this is no keyword, or nobody handles keywords for this sender. */
  readonly keyword: KeywordKind | null;
  /** The texts that go back to the phone without the host, in order. */
  readonly confirmations: readonly string[];
}

/** Who may not be texted from where. */
export interface OptOutList {
  /** Whether `recipient` has opted out of this sender, or of the service it sends for. */
  isBlocked(sender: string, service: Service | null, recipient: string): boolean;
  /** Takes note of a text to one of our numbers, as Twilio does before the host hears of it. */
  handle(text: {
    readonly body: string;
    readonly from: string;
    readonly to: Sender;
    readonly service: Service | null;
  }): KeywordAnswer;
  /** Opts somebody out of a number, or of the service that the number is in, without a text. */
  block(sender: string, service: Service | null, recipient: string): void;
  /** All entries, as `owner recipient`; the owner is a number or a Messaging Service. */
  entries(): readonly string[];
}

/** Source: Twilio docs, "Advanced Opt-Out", default keywords; help article 223134027 (read 2026-11). */
const KEYWORDS: ReadonlyMap<string, KeywordKind> = new Map([
  ...["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"].map(
    (word) => [word, "STOP"] as const,
  ),
  ...["START", "YES", "UNSTOP"].map((word) => [word, "START"] as const),
  ...["HELP", "INFO"].map((word) => [word, "HELP"] as const),
]);

const STOPPED =
  "You are unsubscribed and will get no more messages from this number. Reply START to subscribe again.";
const STARTED =
  "You are subscribed to messages from this number again. Reply HELP for help, STOP to unsubscribe. Msg & data rates may apply.";
const HELP = "Reply STOP to unsubscribe. Msg & data rates may apply.";
const NETWORK_STOPPED =
  'NETWORK MSG: You replied with the word "STOP", which blocks all texts from this number. Text back "UNSTOP" to get texts again.';

function networkStarted(word: string): string {
  return `NETWORK MSG: You replied with the word "${word}". Texts from this number reach you again.`;
}

/** A keyword is the whole message: any case, whitespace around it ignored, and nothing else. */
function matchKeyword(body: string): { readonly word: string; readonly kind: KeywordKind } | null {
  const word = body.trim().toUpperCase();
  const kind = KEYWORDS.get(word);
  return kind === undefined ? null : { word, kind };
}

/** Standalone short codes, and those in a service without Advanced Opt-Out, get no handling from Twilio. */
function isHandled(sender: Sender, service: Service | null): boolean {
  return sender.kind !== "short-code" || service?.advancedOptOut === true;
}

/** The carriers' own layer knows STOP, START and UNSTOP only. Source: Twilio help article 360058144374 (read 2026-11). */
function isNetworkWord(sender: Sender, word: string): boolean {
  return sender.kind === "toll-free" && (word === "STOP" || word === "START" || word === "UNSTOP");
}

function confirmationsOf(event: {
  readonly word: string;
  readonly kind: KeywordKind;
  readonly sender: Sender;
  readonly isAdvanced: boolean;
  readonly wasBlocked: boolean;
}): readonly string[] {
  const { word, kind, sender, isAdvanced, wasBlocked } = event;
  const isNetwork = isNetworkWord(sender, word);
  switch (kind) {
    case "STOP":
      if (wasBlocked) return [];
      return [isNetwork ? NETWORK_STOPPED : STOPPED];
    case "START": {
      // Advanced Opt-Out welcomes everyone who texts a START word; the default answers only whom it restores.
      if (!wasBlocked && !isAdvanced) return [];
      const network = isNetwork && wasBlocked ? [networkStarted(word)] : [];
      return isAdvanced || !isNetwork ? [...network, STARTED] : network;
    }
    case "HELP":
      return wasBlocked && (isAdvanced || sender.kind === "toll-free") ? [] : [HELP];
  }
}

function pairKey(owner: string, recipient: string): string {
  return `${owner} ${recipient}`;
}

/**
 * A list that blocks nobody.
 * An opt-out covers the pair of number and person, or everything from the Messaging Service that the number is in.
 */
export function createOptOutList(): OptOutList {
  const blocked = new Set<string>();
  const isBlocked: OptOutList["isBlocked"] = (sender, service, recipient) =>
    blocked.has(pairKey(sender, recipient)) ||
    (service !== null && blocked.has(pairKey(service.sid, recipient)));

  const handle: OptOutList["handle"] = ({ body, from, to, service }) => {
    const match = isHandled(to, service) ? matchKeyword(body) : null;
    if (match === null) return { keyword: null, confirmations: [] };
    // The network's block on a toll-free number is lifted by its own words only.
    const isRefused = match.kind === "START" && to.kind === "toll-free" && !isNetworkWord(to, match.word);
    if (isRefused) return { keyword: null, confirmations: [] };
    const isAdvanced = service?.advancedOptOut === true;
    const wasBlocked = isBlocked(to.phoneNumber, service, from);
    const owner = service?.sid ?? to.phoneNumber;
    if (match.kind === "STOP") {
      blocked.add(pairKey(owner, from));
      if (isNetworkWord(to, match.word)) blocked.add(pairKey(to.phoneNumber, from));
    }
    if (match.kind === "START") {
      blocked.delete(pairKey(owner, from));
      blocked.delete(pairKey(to.phoneNumber, from));
    }
    const confirmations = confirmationsOf({ ...match, sender: to, isAdvanced, wasBlocked });
    return { keyword: match.kind, confirmations };
  };
  const block: OptOutList["block"] = (sender, service, recipient) => {
    blocked.add(pairKey(service?.sid ?? sender, recipient));
  };
  return { isBlocked, handle, block, entries: () => [...blocked] };
}
