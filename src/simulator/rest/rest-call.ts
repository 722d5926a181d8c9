import type { Caller } from "./authenticate";
import type { RestAnswer, RestRequest } from "./rest-exchange";

/** A request that is who it says it is. */
export interface RestCall {
  readonly request: RestRequest;
  readonly caller: Caller;
  readonly params: Readonly<Record<string, string>>;
  readonly form: URLSearchParams;
}

/** Answers one kind of request. */
export type RestHandler = (call: RestCall) => RestAnswer;
