import { SmsError } from "../../core/model/errors";
import type { Storage } from "../../ports/storage";
import {
  canSearch,
  storageCase,
  type KilledWriter,
  type StorageCapability,
  type StorageCase,
  type StorageCaseSetting,
} from "./storage-case";
import { ruleBroken } from "./expectations";

/** A storage to put to the test: how it is made, what it can do besides, and why it cannot do the rest. */
export interface StorageUnderTest {
  /** What the table calls it; "storage" when it is left out. */
  readonly name?: string;
  /** Makes a storage that is empty and shares nothing with those made before. The suite closes it. */
  readonly create: () => Promise<Storage>;
  /** Closes this storage and opens another on the same records. */
  readonly reopen?: (storage: Storage) => Promise<Storage>;
  /** Opens a second storage on the records of this one, as another process would. The suite closes both. */
  readonly connect?: (storage: Storage) => Promise<Storage>;
  /**
   * Starts a process that runs `writeUntilKilled` on an empty storage, reads some of the lines it reports, and kills it hard
   * (`SIGKILL`); resolves with all lines it reported and with a way to open a storage on what it left.
   */
  readonly kill?: () => Promise<KilledWriter>;
  /** Why the storage lacks what it lacks, in words. Every capability is there or has its reason here, and none has both. */
  readonly without?: { readonly [C in StorageCapability]?: string };
}

/** What each capability is given by. */
const GIVEN_BY: Readonly<Record<StorageCapability, string>> = {
  reopening: "`reopen`",
  sharing: "`connect`",
  killing: "`kill`",
  searching: "the storage's verb `search`",
};

/** Every capability. */
export const CAPABILITIES: readonly StorageCapability[] = ["reopening", "sharing", "killing", "searching"];

/** The capabilities that the options give; of searching only `create` can tell. */
const OPTION_OF = { reopening: "reopen", sharing: "connect", killing: "kill" } as const;

/**
 * Fails unless every capability is given or has a reason to be missing.
 * @throws SmsError `config_invalid` that names the capability.
 */
export function checkCapabilities(options: StorageUnderTest): void {
  for (const name of Object.keys(options.without ?? {})) {
    if (!CAPABILITIES.some((capability) => capability === name))
      throw new SmsError(
        "config_invalid",
        `There is no capability ${name}; there are ${CAPABILITIES.join(", ")}.`,
      );
  }
  for (const capability of CAPABILITIES) {
    const reason = options.without?.[capability];
    if (reason !== undefined && (typeof reason !== "string" || reason.trim() === ""))
      throw new SmsError("config_invalid", `Say in words why the storage is without ${capability}.`);
    if (capability === "searching") continue;
    const isGiven = options[OPTION_OF[capability]] !== undefined;
    if (!isGiven && reason === undefined) throw new SmsError("config_invalid", missing(capability));
    if (isGiven && reason !== undefined) throw new SmsError("config_invalid", superfluous(capability));
  }
}

/** What the rules run on; one for all rules of a run. */
export function settingOf({ create, reopen, connect, kill }: StorageUnderTest): StorageCaseSetting {
  return { create, reopen, connect, kill };
}

function missing(capability: StorageCapability): string {
  return `Capability ${capability}: give ${GIVEN_BY[capability]}, or say in \`without.${capability}\` why there is none.`;
}

function superfluous(capability: StorageCapability): string {
  return `Capability ${capability}: there is ${GIVEN_BY[capability]}, so take \`without.${capability}\` away.`;
}

/** The rule about searching, which shows only when a storage has been made. */
export function searchingCase(options: StorageUnderTest): StorageCase {
  return storageCase({
    name: "capability searching: the storage has the verb search, or a reason why not",
    needs: "nothing",
    hint: "the options and the storage contradict each other",
    async run({ create }) {
      const storage = await create();
      const isGiven = canSearch(storage);
      await storage.close();
      const hasReason = options.without?.searching !== undefined;
      if (!isGiven && !hasReason) throw ruleBroken(missing("searching"));
      if (isGiven && hasReason) throw ruleBroken(superfluous("searching"));
    },
  });
}
