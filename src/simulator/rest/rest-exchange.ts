import type { Interference } from "../faults/interference";
import type { RestError } from "../rest-errors";
import { restErrorBody } from "../rest-errors";

/** A request, read completely. */
export interface RestRequest {
  readonly method: string;
  /** Path and query, as received. */
  readonly target: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** What goes back. */
export interface RestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** Twilio's error code, for the log. */
  readonly code: number | null;
  /** What faults did to it. Missing: nothing. */
  readonly interference?: Interference;
}

/** An answer with a JSON body. */
export function json(status: number, value: unknown): RestAnswer {
  return { status, headers: { "Content-Type": "application/json" }, body: JSON.stringify(value), code: null };
}

/** An answer without a body. */
export function empty(status: number, headers: Readonly<Record<string, string>> = {}): RestAnswer {
  return { status, headers, body: "", code: null };
}

/** An answer that is an error of the REST API. */
export function refusal(error: RestError): RestAnswer {
  return { ...json(error.status, restErrorBody(error)), code: error.code };
}
