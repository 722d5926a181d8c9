import { loggedAtMs } from "../core/decide/logged-message";
import { decideSyncProgress, syncTaskId } from "../core/decide/sync";
import type { SyncProgress } from "../core/decide/sync";
import { SmsError } from "../core/model/errors";
import type { LoggedMessage } from "../core/model/logged-message";
import type { SyncDetail } from "../core/model/task";
import type { InboundPayload } from "../core/webhook/payload";
import type { ReadFailure } from "../ports/messages-api";
import { isInbound, payloadOf, serviceOf } from "./logged-inbound";
import type { InboundEntry } from "./logged-inbound";
import { mergeLogged, newsOf } from "./merge-logged";
import { readMedia, readWindow } from "./read-log";
import type { LogParts } from "./read-log";
import type { Account } from "./settings";
import { storeInbound } from "./store-inbound";
import type { StoreParts } from "./store-inbound";

/** What a pass over the log needs. */
export interface PassParts extends StoreParts, LogParts {
  readonly onError: (error: SmsError) => void;
}

/** A pass that may begin: the claim it holds, and how much it may do. */
export interface Pass {
  readonly account: Account;
  readonly attempts: number;
  readonly detail: SyncDetail;
  /** Null for everything that there is. */
  readonly bounds: { readonly entries: number; readonly durationMs: number } | null;
}

/** How a pass ended: at the end, at its bounds, without its claim, or because the log could not be read. */
export type PassEnd =
  { readonly kind: "done" } | { readonly kind: "more" } | { readonly kind: "claim-lost" } | ReadFailure;

/** The end of a pass, with how many messages it stored, and how many statuses it moved. */
export interface PassReport {
  readonly end: PassEnd;
  readonly inbound: number;
  readonly statuses: number;
}

const MINUTE_MS = 60_000;
const FIRST_WIDTH_MS = 60 * MINUTE_MS;
const MOST_WIDTH_MS = 24 * 60 * MINUTE_MS;
/** How many missed messages are held at once. */
const MOST_KEPT = 2_000;
const FEW_KEPT = 500;
/** After so many failures a message is stored without its media, rather than not at all. */
const MEDIA_PATIENCE = 8;

/**
 * Reads the log of one account, for each lag from where that reading had come to, oldest first. What has been read is noted after
 * every window, so that whoever comes after a crash goes on there.
 */
export async function runPass(parts: PassParts, pass: Pass): Promise<PassReport> {
  const { settings, runtime, transact } = parts;
  const { account, attempts, bounds } = pass;
  const { accountSid } = account;
  const { leaseMs } = settings.timing;
  const taskId = syncTaskId(accountSid);
  const startedAtMs = runtime.now();
  const done = { inbound: 0, statuses: 0, entries: 0, unreadable: 0 };
  let heldAtMs = startedAtMs;
  let { detail } = pass;

  const end = await readAll();
  if (done.unreadable > 0) parts.onError(notUnderstood(done.unreadable));
  return { end, inbound: done.inbound, statuses: done.statuses };

  async function readAll(): Promise<PassEnd> {
    for (const [reading, lagMs] of settings.sync.lagsMs.entries()) {
      const ended = await readWithLag(reading, lagMs);
      if (ended.kind !== "done") return ended;
    }
    return { kind: "done" };
  }

  async function readWithLag(reading: number, lagMs: number): Promise<PassEnd> {
    const untilMs = startedAtMs - lagMs;
    const pointMs = detail.pointsMs[reading] ?? untilMs;
    let atMs = Math.max(detail.beginMs, detail.floorMs ?? 0, pointMs - settings.sync.overlapMs);
    let widthMs = FIRST_WIDTH_MS;
    // What Twilio's clock, ahead of ours, has dated after now is read as well.
    const isOpen = lagMs === 0;
    while (atMs < untilMs || (isOpen && atMs === untilMs)) {
      const endMs = Math.min(atMs + widthMs, untilMs);
      const isLast = endMs === untilMs;
      const window = await readWindow(
        parts,
        {
          account,
          fromMs: atMs,
          untilMs: isLast && isOpen ? null : endMs,
          mostKept: widthMs > MINUTE_MS ? MOST_KEPT : Number.POSITIVE_INFINITY,
        },
        take,
      );
      if (window.kind === "failed" || window.kind === "claim-lost") return window;
      if (window.kind === "too-many") {
        widthMs = Math.max(MINUTE_MS, Math.floor(widthMs / 2));
        continue;
      }
      const stored = await storeAll(window.kept.filter((entry) => isInbound(entry, runtime.now())));
      if (stored.kind !== "done") return stored;
      done.entries += window.entries;
      done.unreadable += window.unreadable;
      const fromMs = detail.pointsMs[reading] ?? untilMs;
      const toMs = Math.max(fromMs, endMs);
      if (!(await hold({ reading, fromMs, toMs }))) return { kind: "claim-lost" };
      // Somebody has set this reading back meanwhile: it begins anew from there.
      if (detail.pointsMs[reading] !== toMs) return { kind: "more" };
      if (isLast) break;
      if (isSpent()) return { kind: "more" };
      if (window.kept.length < FEW_KEPT) widthMs = Math.min(MOST_WIDTH_MS, widthMs * 2);
      atMs = endMs;
    }
    return { kind: "done" };
  }

  function isSpent(): boolean {
    if (bounds === null) return false;
    return done.entries >= bounds.entries || runtime.now() - startedAtMs >= bounds.durationMs;
  }

  /** Statuses have no order among them, so they are merged as they come; messages that are missing are kept for theirs. */
  async function take(entries: readonly LoggedMessage[]): Promise<readonly LoggedMessage[] | null> {
    if (!(await hold(null))) return null;
    const ours = entries.filter(({ direction }) => direction.startsWith("outbound"));
    done.statuses += await mergeLogged(parts, accountSid, ours);
    const theirs = entries.filter((entry) => isInbound(entry, runtime.now()));
    const { missing, lateWords } = await newsOf(parts, theirs);
    // Before anything of this stretch is stored: what was missed must meet what came late with its own date.
    const redated = await storeAll(lateWords.filter((entry) => isInbound(entry, runtime.now())));
    return redated.kind === "done" ? missing : null;
  }

  async function storeAll(entries: readonly InboundEntry[]): Promise<PassEnd> {
    for (const entry of entries) {
      if (!(await hold(null))) return { kind: "claim-lost" };
      const payload = await payloadFor(entry);
      if (payload.kind === "failed") return payload;
      const logged = { taskId, attempts, saidAtMs: loggedAtMs(entry), isToUs: isToUs(payload) };
      const { kind } = await storeInbound(parts, { payload, account, logged });
      if (kind === "claim-lost") return { kind };
      if (kind === "stored") done.inbound += 1;
    }
    return { kind: "done" };
  }

  function isToUs({ to, messagingServiceSid }: InboundPayload): boolean {
    const { numbers } = settings.sync;
    if (numbers === "all" || numbers.includes(to)) return true;
    return account.sender !== null && (to === account.sender || messagingServiceSid === account.sender);
  }

  async function payloadFor(entry: InboundEntry): Promise<InboundPayload | ReadFailure> {
    const messagingServiceSid = await serviceOf(transact, entry, account);
    const told = { accountSid, media: [], messagingServiceSid };
    if (entry.mediaCount === 0) return payloadOf(entry, told);
    const listed = await readMedia(parts, account, entry.sid);
    if (listed.kind === "media") return payloadOf(entry, { ...told, media: listed.media });
    const isWorthWaiting = listed.retryable && detail.failures < MEDIA_PATIENCE;
    return isWorthWaiting ? listed : payloadOf(entry, told);
  }

  /** Notes progress and holds the claim; without progress, only when a good part of the lease is over. */
  async function hold(moved: SyncProgress["moved"]): Promise<boolean> {
    if (moved === null && runtime.now() - heldAtMs < leaseMs / 4) return true;
    let atMs = heldAtMs;
    const { answer } = await transact({
      keys: [{ kind: "task", id: taskId }],
      decide: ([task], { nowMs }) => {
        atMs = nowMs;
        return decideSyncProgress(task, { attempts, nowMs, leaseMs, moved });
      },
    });
    if (answer === null) return false;
    heldAtMs = atMs;
    detail = answer;
    return true;
  }
}

function notUnderstood(count: number): SmsError {
  return new SmsError(
    "sync_failed",
    `Entries of Twilio's message log could not be understood and were passed over (${count}). Look at the log in Twilio's console; a ` +
      "newer version of this library may read them.",
    { details: { entries: count } },
  );
}
