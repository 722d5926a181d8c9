/**
 * The fields of a form, in any shape a host may hold them: a record (an array for a name that came several times), a list of
 * names and values, or `URLSearchParams`. Values are the decoded ones, untouched: a middleware that trims them or drops empty
 * ones breaks the signature.
 */
export type Params =
  | Readonly<Record<string, string | readonly string[]>>
  | readonly (readonly [name: string, value: string])[]
  | URLSearchParams;

/** One field of a form. */
export type ParamEntry = readonly [name: string, value: string];

function isEntryList(params: Params): params is readonly ParamEntry[] {
  return Array.isArray(params);
}

function isSearchParams(params: Params): params is URLSearchParams {
  return Symbol.iterator in params;
}

/** A value as text. Body parsers in untyped code also give numbers, null and nested objects; none of these may throw here. */
function asText(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "object" && value !== null ? "[object Object]" : String(value);
}

function recordEntries(params: Readonly<Record<string, string | readonly string[]>>): readonly ParamEntry[] {
  const entries: ParamEntry[] = [];
  for (const name of Object.keys(params)) {
    const value: unknown = params[name];
    if (Array.isArray(value)) for (const item of value) entries.push([name, asText(item)]);
    else entries.push([name, asText(value)]);
  }
  return entries;
}

/** The fields as a list of names and values, in the order in which they are held. */
export function paramEntries(params: Params): readonly ParamEntry[] {
  if (isEntryList(params)) return params;
  return isSearchParams(params) ? [...params] : recordEntries(params);
}
