import { edit } from "./variant";
import type { Variant } from "./variant";

/** The library, broken on the way of a message. */
export const VARIANTS_OF_DELIVERY: readonly Variant[] = [
  {
    name: "ack-before-commit",
    breaks: "An inbound message is answered before it is stored.",
    caughtAt: 1,
    edits: [
      edit(
        "src/flows/receive.ts",
        "await storeInbound(parts, { payload: event, account: verified.account, logged: null });",
        "void storeInbound(parts, { payload: event, account: verified.account, logged: null }).catch(() => undefined);",
      ),
    ],
  },
  {
    name: "200-when-storage-fails",
    breaks: "A webhook that could not be stored is answered 200.",
    caughtAt: 7,
    edits: [
      edit(
        "src/flows/receive.ts",
        'return textAnswer(error.retryable ? 503 : 500, "Not stored, try again.");',
        'return textAnswer(200, "");',
      ),
    ],
  },
  {
    name: "task-after-commit",
    breaks: "The tasks of a decision are committed after it, not with it.",
    caughtAt: 2,
    edits: [
      edit(
        "src/flows/transact.ts",
        'if ((await commit(writes)) === "committed") {',
        `const later = writes.filter((one) => one.kind === "task" && "put" in one && one.expect === "absent");
      const now = writes.filter((one) => !later.includes(one));
      if (now.length === 0 || (await commit(now)) === "committed") {
        if (later.length > 0) await commit(later);`,
      ),
    ],
  },
  {
    name: "publish-before-commit",
    breaks: "Listeners hear of a change before it is committed.",
    caughtAt: 1,
    edits: [
      edit(
        "src/flows/transact.ts",
        'if ((await commit(writes)) === "committed") {',
        `bus.publish(decision.events);
      if ((await commit(writes)) === "committed") {`,
      ),
    ],
  },
  {
    name: "conflict-ignored",
    breaks: "A commit that was refused counts as committed.",
    caughtAt: 1,
    edits: [
      edit(
        "src/flows/transact.ts",
        'if ((await commit(writes)) === "committed") {',
        'if (((await commit(writes)) as string) !== "nothing") {',
      ),
    ],
  },
  {
    name: "blind-retry",
    breaks: "A call whose outcome is unknown is simply made again.",
    caughtAt: 4,
    edits: [
      edit(
        "src/flows/dispatch.ts",
        `      case "unknown":
        return { kind: "unknown" };`,
        `      case "unknown":
        return again(claim.calls, null);`,
      ),
    ],
  },
  {
    name: "interrupted-call-repeated",
    breaks: "A call that a crash interrupted is made again when the lease has ended.",
    caughtAt: 20,
    edits: [
      edit(
        "src/core/decide/dispatch.ts",
        "if (task.value.calling) return",
        "if (task.value.calling && nowMs < 0) return",
      ),
    ],
  },
  {
    name: "no-fence",
    breaks: "A claim is used however old it is.",
    caughtAt: 90,
    edits: [
      edit(
        "src/flows/dispatch.ts",
        "if (runtime.now() - claim.claimedAtMs > timing.fenceMs)",
        "if (runtime.now() - claim.claimedAtMs > timing.fenceMs * 1e9)",
      ),
    ],
  },
  {
    name: "claim-takes-no-lease",
    breaks: "A claimed task stays due, and others take it while the call is under way.",
    caughtAt: 41,
    edits: [edit("src/core/decide/dispatch.ts", "dueAtMs: nowMs + claimant.leaseMs,", "dueAtMs: nowMs,")],
  },
  {
    name: "settle-by-anyone",
    breaks: "A call is settled on the task without asking whose claim holds it.",
    caughtAt: 57,
    edits: [
      edit(
        "src/core/decide/settle.ts",
        "if (task === null || task.value.attempts !== attempts) return null;",
        "if (task === null) return null;",
      ),
    ],
  },
  {
    name: "part-skipped",
    breaks: "A stale look at a split text's task moves it on past the part that is next.",
    caughtAt: 20,
    edits: [
      edit(
        "src/core/decide/dispatch.ts",
        'if (task.value.messageId !== claimant.messageId) return unchanged({ kind: "leave" });',
        "",
      ),
    ],
  },
  {
    name: "last-status-wins",
    breaks: "The report that comes last is shown.",
    caughtAt: 2,
    edits: [
      edit(
        "src/core/delivery/status.ts",
        "const status = compareStatus(a.status, b.status) >= 0 ? a.status : b.status;",
        "const status = b.status;",
      ),
    ],
  },
  {
    name: "dedupe-in-memory",
    breaks: "Each process remembers by itself which inbound messages it has seen.",
    caughtAt: 1,
    edits: [
      edit(
        "src/core/decide/inbound.ts",
        'if (records.message !== null) return unchanged({ kind: "duplicate" });',
        "",
      ),
      edit(
        "src/core/decide/inbound.ts",
        "const message = inboundMessage(event.payload, received, atMs);",
        `const made = inboundMessage(event.payload, received, atMs);
  const message = records.message === null ? made : { ...made, id: event.newEntryId, sid: null };`,
      ),
      edit(
        "src/flows/store-inbound.ts",
        "const pair = pairOf(payload, received.account);",
        `const seen = seenBy.get(settings) ?? new Set<string>();
  seenBy.set(settings, seen);
  if (seen.has(payload.messageSid)) return { kind: "duplicate" };
  const pair = pairOf(payload, received.account);`,
      ),
      edit(
        "src/flows/store-inbound.ts",
        "  return answer;\n",
        "  seen.add(payload.messageSid);\n  return answer;\n",
      ),
      edit(
        "src/flows/store-inbound.ts",
        "type Found = Versioned<Draft | Task> | null;",
        "type Found = Versioned<Draft | Task> | null;\nconst seenBy = new WeakMap<object, Set<string>>();",
      ),
    ],
  },
  {
    name: "key-ignored",
    breaks: "A repeated call with the same idempotency key makes another message.",
    caughtAt: 3,
    edits: [
      edit(
        "src/flows/send.ts",
        "const cause = options.cause ?? (key === undefined ? undefined : `key:${key}`);",
        "const cause = options.cause ?? (key === undefined ? undefined : undefined);",
      ),
    ],
  },
  {
    name: "absence-too-early",
    breaks: "A message is taken for absent as soon as the call has failed.",
    caughtAt: 30,
    edits: [
      edit("src/core/decide/settle.ts", "dueAtMs: absentFromMs,", "dueAtMs: nowMs,"),
      edit("src/core/decide/dispatch.ts", "dueAtMs: nowMs + absenceMs,", "dueAtMs: nowMs,"),
    ],
  },
  {
    name: "look-up-takes-any",
    breaks: "A look-up takes a text that is bound to another message.",
    caughtAt: 6,
    edits: [
      edit(
        "src/core/decide/look-up.ts",
        "const free = result.matches.filter(({ sid }) => !taken.has(sid));",
        'const free = result.matches.filter(({ sid }) => sid !== "" || taken.has(sid));',
      ),
    ],
  },
  {
    name: "look-up-finds-nothing",
    breaks: "A look-up takes every message for absent.",
    caughtAt: 22,
    edits: [
      edit(
        "src/core/decide/look-up.ts",
        "const free = result.matches.filter(({ sid }) => !taken.has(sid));",
        'const free = result.matches.filter(({ sid }) => sid === "" && !taken.has(sid));',
      ),
    ],
  },
  {
    name: "two-answers",
    breaks: "The answer is kept without ending its task, and its id does not derive from the question.",
    caughtAt: 2,
    edits: [
      edit(
        "src/flows/assist.ts",
        "const messageId = await runtime.hash(`${conversation.accountSid}\\n${task.id}`);",
        "const messageId = runtime.newId();",
      ),
      edit("src/core/decide/assist.ts", "writes: [...send.writes, removal],", "writes: send.writes,"),
    ],
  },
];
