import type { ConsentSignalKind } from "../core/consent/machine";
import { changeConsent } from "../core/decide/consent-change";
import { consentGate } from "../core/decide/consent-gate";
import type { ConsentGate, ConsentIds } from "../core/decide/consent-gate";
import { unchanged } from "../core/decide/decision";
import { consentIdOf, consentSenderOf, personOf } from "../core/model/consent";
import type { Consent, ConsentEntry } from "../core/model/consent";
import { SmsError } from "../core/model/errors";
import type { Page } from "../ports/storage";
import { keysOf } from "./keys-of";
import type { InboxParts } from "./inbox";
import { checkContact, checkSender } from "./outbound-text";
import { listed, pagingOf } from "./paging";
import type { ListOptions } from "./paging";

/** A contact, in an account where a resolver serves many. */
export interface ContactOptions {
  /** An E.164 number, a short code, or a channel address. */
  readonly contact: string;
  /**
   * Our address that it is about, where `consent.scope` is not `account`: a number, or a Messaging Service. Default: what the
   * account sends through.
   */
  readonly sender?: string;
  readonly accountSid?: string;
}

/** Who enters a change of consent by hand, and why: it goes into the ledger. */
export interface ConsentOptions extends ContactOptions {
  readonly by?: string;
  readonly note?: string;
  /**
   * Where it comes from: a person who decides (`operator`, the default), or a list from elsewhere (`import`). An import never lifts
   * an opt-out: a list is older than we know.
   */
  readonly source?: "operator" | "import";
}

/** Consent as it is shown: `unknown` since never for a contact that was never met. */
export type ConsentView = Pick<Consent, "contact" | "sender" | "state" | "maybeStopSince"> & {
  readonly since: Consent["since"] | null;
  readonly reason: Consent["reason"] | null;
};

/** The gate, and the ledger it rests on. */
export interface ConsentDesk {
  /** Whether this contact may be texted. */
  get(options: ContactOptions): Promise<ConsentView>;
  /** From the commit on nothing is claimed for this contact. */
  optOut(options: ConsentOptions): Promise<ConsentView>;
  /** Only for a contact who asked for it: note how you know. Twilio's own block is lifted by the contact's START alone. */
  optIn(options: ConsentOptions): Promise<ConsentView>;
  /** Every change, oldest first. */
  history(options: ContactOptions & ListOptions): Promise<Page<ConsentEntry>>;
  /** Every change of every contact of an account, newest first: what an audit asks for. */
  log(options?: ListOptions & { readonly accountSid?: string }): Promise<Page<ConsentEntry>>;
}

/** Consent for people. */
export function createConsentDesk(parts: InboxParts): ConsentDesk {
  const { storage, transact, runtime, settings } = parts;
  return {
    async get(options) {
      const { contact, sender, ids } = await subjectOf(options);
      const { record } = await gateOf(ids);
      return record === null
        ? { contact, sender, state: "unknown", since: null, reason: null, maybeStopSince: null }
        : viewOf(record.value, contact);
    },
    optOut: (options) => change(options, `${options.source ?? "operator"}-opt-out`),
    optIn: (options) => change(options, `${options.source ?? "operator"}-opt-in`),
    async history(options) {
      const { ids } = await subjectOf(options);
      const consentId = (await gateOf(ids)).record?.value.id ?? ids[0];
      return listed(storage.list({ list: "consentEntries", ...pagingOf(options), consentId }));
    },
    async log(options = {}) {
      const accountSid = accountSidOf(options.accountSid);
      return listed(storage.list({ list: "consentLog", ...pagingOf(options), accountSid }));
    },
  };

  async function change(
    options: ConsentOptions,
    kind: Extract<ConsentSignalKind, `${"operator" | "import"}-${string}`>,
  ): Promise<ConsentView> {
    const { contact, accountSid, sender, ids } = await subjectOf(options);
    const entryId = runtime.newId();
    const evidence = { messageSid: null, text: null, by: options.by ?? null, note: options.note ?? null };
    const { answer } = await transact({
      keys: keysOf("consent", ids),
      decide: (consents, { nowMs }) => {
        const result = changeConsent({
          gate: consentGate(ids, consents),
          accountSid,
          contact,
          sender,
          signal: { kind },
          evidence,
          entryId,
          nowMs,
        });
        return { writes: result.writes, events: result.events, answer: result.consent };
      },
    });
    return viewOf(answer, contact);
  }

  function accountSidOf(given: string | undefined): string {
    const accountSid = given ?? settings.defaultAccountSid;
    if (accountSid !== null) return accountSid;
    throw new SmsError(
      "account_unknown",
      "A resolver serves many accounts here, so say which one: give accountSid.",
    );
  }

  async function gateOf(ids: ConsentIds): Promise<ConsentGate> {
    const { answer } = await transact({
      keys: keysOf("consent", ids),
      decide: (consents) => unchanged(consentGate(ids, consents)),
    });
    return answer;
  }

  async function subjectOf(options: ContactOptions): Promise<{
    readonly contact: string;
    readonly accountSid: string;
    readonly sender: string | null;
    readonly ids: ConsentIds;
  }> {
    const contact = personOf(checkContact(options.contact).value);
    const accountSid = accountSidOf(options.accountSid);
    const sender = await senderOf(options, accountSid);
    const ids = await settings.consent.idsOf(consentIdOf(accountSid, contact, sender));
    return { contact, accountSid, sender, ids };
  }

  async function senderOf(options: ContactOptions, accountSid: string): Promise<string | null> {
    const { scope } = settings.consent;
    if (scope === "account") return null;
    const account = await settings.accountOf(accountSid);
    return consentSenderOf(scope, checkSender(options.sender ?? account?.sender ?? "").value);
  }
}

/** Told with the contact that was asked for: the record of one who was erased does not know it. */
function viewOf({ sender, state, since, reason, maybeStopSince }: Consent, contact: string): ConsentView {
  return { contact, sender, state, since, reason, maybeStopSince };
}
