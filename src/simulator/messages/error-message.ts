import { explainError } from "../../core/delivery/explain-error";

/** The words that go with an error code of a message. Twilio changes its own at any time: only the code counts. */
export function errorMessageOf(code: number): string {
  return explainError(code).title;
}
