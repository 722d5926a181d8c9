import { FIXTURE_MESSAGING_SERVICE_SID } from "../../../fixtures/twilio/payloads";
import type { AccountOptions, ConsentPolicyOptions } from "../../../../src/flows/sms-options";
import { SIMULATED_ACCOUNT } from "../processes";
import type { Plan } from "../plan";

/** Our addresses in a run. */
export interface Ours {
  readonly account: AccountOptions;
  /** Where threads end on our side. */
  readonly ends: readonly string[];
  /** The numbers that people can text, with the end that each belongs to. */
  readonly numbers: readonly { readonly number: string; readonly end: string }[];
  /** The service, where there is one. */
  readonly serviceSid: string | null;
  /** Whether Twilio handles STOP by itself. */
  readonly twilioHandlesStop: boolean;
  readonly consent: ConsentPolicyOptions;
}

const NUMBERS = ["+15005550006", "+15005550007", "+15005550008"] as const;

/** Where people write to and what we send through. */
export function oursOf(plan: Plan): Ours {
  const [first, second] = NUMBERS;
  const consent: ConsentPolicyOptions = { scope: plan.scope, maybeStop: plan.maybeStop };
  const single = { number: first, end: first };
  switch (plan.setup) {
    case "number":
      return {
        account: { ...SIMULATED_ACCOUNT, from: first },
        ends: [first],
        numbers: [single],
        serviceSid: null,
        twilioHandlesStop: true,
        consent,
      };
    case "numbers":
      return {
        account: { ...SIMULATED_ACCOUNT, from: first },
        ends: [first, second],
        numbers: [single, { number: second, end: second }],
        serviceSid: null,
        twilioHandlesStop: true,
        consent,
      };
    case "service":
      return {
        account: { ...SIMULATED_ACCOUNT, messagingServiceSid: FIXTURE_MESSAGING_SERVICE_SID },
        ends: [FIXTURE_MESSAGING_SERVICE_SID],
        numbers: NUMBERS.map((number) => ({ number, end: FIXTURE_MESSAGING_SERVICE_SID })),
        serviceSid: FIXTURE_MESSAGING_SERVICE_SID,
        twilioHandlesStop: true,
        consent,
      };
    case "own-keywords":
      return {
        account: { ...SIMULATED_ACCOUNT, from: first },
        ends: [first],
        numbers: [single],
        serviceSid: null,
        twilioHandlesStop: false,
        consent: {
          ...consent,
          keywordAnswers: { programme: "Acme", contact: "help@acme.example", senders: [first] },
        },
      };
  }
}

/** The phone numbers of the people of a run. */
export function contactsOf(plan: Plan): readonly string[] {
  return Array.from({ length: plan.contacts }, (_, index) => `+1415555010${index}`);
}
