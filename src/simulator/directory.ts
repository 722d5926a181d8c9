import type { NumberConfiguration, ServiceConfiguration } from "./options";
import { configureSender, configureService } from "./settings";
import type { Account, Sender, Service, Settings } from "./settings";

/** Which accounts, numbers and Messaging Services there are. */
export interface Directory {
  readonly accounts: readonly Account[];
  senders(): readonly Sender[];
  services(): readonly Service[];
  account(accountSid: string): Account | null;
  sender(phoneNumber: string): Sender | null;
  service(sid: string): Service | null;
  /** The service that has the number in its pool. A number is in one at most. */
  serviceOf(phoneNumber: string): Service | null;
  /** @throws TypeError when there is no such number, or on an unknown key. */
  changeSender(phoneNumber: string, change: NumberConfiguration): void;
  /** @throws TypeError when there is no such service, or on an unknown key. */
  changeService(sid: string, change: ServiceConfiguration): void;
}

/** The directory that the settings describe. */
export function createDirectory(settings: Settings): Directory {
  const senders = new Map(settings.numbers.map((number) => [number.phoneNumber, number]));
  const services = new Map(settings.services.map((service) => [service.sid, service]));
  const accounts = new Map(settings.accounts.map((account) => [account.accountSid, account]));
  const serviceSids = new Map(
    settings.services.flatMap((service) => service.senders.map((sender) => [sender, service.sid] as const)),
  );
  return {
    accounts: settings.accounts,
    senders: () => [...senders.values()],
    services: () => [...services.values()],
    account: (accountSid) => accounts.get(accountSid) ?? null,
    sender: (phoneNumber) => senders.get(phoneNumber) ?? null,
    service: (sid) => services.get(sid) ?? null,
    serviceOf: (phoneNumber) => services.get(serviceSids.get(phoneNumber) ?? "") ?? null,
    changeSender: (phoneNumber, change) => {
      const sender = senders.get(phoneNumber);
      if (sender === undefined) throw new TypeError("The simulator has no such number.");
      senders.set(phoneNumber, configureSender(sender, change));
    },
    changeService: (sid, change) => {
      const service = services.get(sid);
      if (service === undefined) throw new TypeError("The simulator has no such Messaging Service.");
      services.set(sid, configureService(service, change));
    },
  };
}
