import { isSmsError, SmsError } from "../../../core/model/errors";
import { classifyFailure } from "../sqlite/failure";

/**
 * The error for the caller of a storage over a SQLite dialect. One of ours stays as it is. The database may be at the other end
 * of a network, and an error of a dialect's does not tell where it comes from: nothing is promised about a commit that fails.
 */
export function dialectFailed(doing: string, cause: unknown): SmsError {
  if (isSmsError(cause)) return cause;
  return new SmsError(
    "storage_failed",
    `The Kysely dialect failed while ${doing}: a commit that was on its way may have gone through or not. The cause has its own words.`,
    { cause, retryable: classifyFailure(cause) === "busy" },
  );
}
