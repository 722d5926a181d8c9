import * as z from "zod/mini";
import { parseSender } from "../core/model/address";
import type { SyncSettings } from "./settings";
import type { SyncOptions } from "./sms-options";

const positive = z.number().check(z.int(), z.positive());
const address = z
  .string()
  .check(
    z.refine(
      (value) => parseSender(value) !== null,
      "must be a number in E.164 form, a short code or a sender id",
    ),
  );
const notNegative = z.number().check(z.int(), z.nonnegative());

/** The option `sync`. */
export const SyncShape = z.union(
  [
    z.literal(false),
    z.strictObject({
      everyMs: z.optional(positive),
      lagsMs: z.optional(z.array(notNegative).check(z.minLength(1))),
      overlapMs: z.optional(notNegative),
      numbers: z.optional(z.union([z.literal("all"), z.array(address)])),
      assistWithinMs: z.optional(z.custom<unknown>((value) => typeof value === "number" && value >= 0)),
    }),
  ],
  "must be false, or some of { everyMs, lagsMs, overlapMs, assistWithinMs } in whole ms and { numbers }",
);

/** The option `sync`, with its defaults filled in. */
export function resolveSync(options: SyncOptions | false = {}): SyncSettings {
  const given = options === false ? {} : options;
  return {
    everyMs: options === false ? null : (given.everyMs ?? 300_000),
    lagsMs: [...new Set(given.lagsMs ?? [0, 3_600_000, 86_400_000])].sort((a, b) => a - b),
    overlapMs: given.overlapMs ?? 300_000,
    numbers: given.numbers ?? [],
    assistWithinMs: given.assistWithinMs ?? 300_000,
  };
}
