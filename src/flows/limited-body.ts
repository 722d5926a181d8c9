import { SmsError } from "../core/model/errors";

/** Why a body could not be read to its end. */
export type BodyFault = "too_large" | "timeout" | "network";

/** What limits a body. */
export interface BodyLimits {
  readonly maxBytes: number;
  /** What the server announced; null where it announced nothing. */
  readonly sizeBytes: number | null;
  /** Called once, when nothing more will be read. */
  readonly onEnd: () => void;
  /** Told once when the time is up. */
  readonly deadline: AbortSignal;
}

/**
 * Passes a body on as it is asked for, and no more of it than `maxBytes`. It ends with an error where it grows beyond them, where
 * the deadline passes, or where the connection breaks or delivers another size than was announced. The source is cancelled then.
 */
export function limitedBody(
  source: ReadableStream<Uint8Array> | null,
  limits: BodyLimits,
): ReadableStream<Uint8Array> {
  const reader = source?.getReader();
  let received = 0;
  let isOver = false;

  const finish = (): boolean => {
    if (isOver) return false;
    isOver = true;
    limits.onEnd();
    return true;
  };
  const discard = (): void => {
    // What the source says to being cancelled interests nobody: the reader is told of the fault itself.
    reader?.cancel().catch(() => undefined);
  };

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        limits.deadline.addEventListener(
          "abort",
          () => {
            if (!finish()) return;
            discard();
            controller.error(bodyError("timeout"));
          },
          { once: true },
        );
      },
      async pull(controller) {
        const fail = (fault: BodyFault, cause?: unknown): void => {
          if (!finish()) return;
          discard();
          controller.error(bodyError(fault, cause));
        };
        try {
          const next = await reader?.read();
          if (isOver) return;
          if (next === undefined || next.done) {
            if (limits.sizeBytes !== null && limits.sizeBytes !== received) fail("network");
            else if (finish()) controller.close();
            return;
          }
          received += next.value.byteLength;
          if (received > limits.maxBytes) fail("too_large");
          else controller.enqueue(next.value);
        } catch (cause) {
          fail("network", cause);
        }
      },
      async cancel(reason) {
        finish();
        await reader?.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

const MESSAGES: Readonly<Record<BodyFault, string>> = {
  too_large:
    "The attachment is larger than maxBytes, although its announced size was not. Raise the limit, or leave it.",
  timeout: "The attachment was not read within timeoutMs. Raise the limit, or fetch it again.",
  network: "The connection broke while the attachment was read. Fetch it again.",
};

function bodyError(fault: BodyFault, cause?: unknown): SmsError {
  return new SmsError("media_failed", MESSAGES[fault], {
    retryable: fault !== "too_large",
    details: { reason: fault },
    ...(cause === undefined ? {} : { cause }),
  });
}
