/**
 * The value of an argument, as one word (`--name=value`) or two (`--name value`); null where it is not given.
 * @throws TypeError with `hint` when there is no value.
 */
function argument(args: readonly string[], name: string, hint: string): string | null {
  const at = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`));
  const found = args[at];
  if (found === undefined) return null;
  const value = found === name ? args[at + 1] : found.slice(name.length + 1);
  if (value !== undefined && value !== "" && !value.startsWith("--")) return value;
  throw new TypeError(`${name} takes ${hint}.`);
}

/** The value of `--storage`: a file, or a connection. */
export function storageArgument(args: readonly string[]): string | null {
  return argument(
    args,
    "--storage",
    "a file (inbox.db) or a PostgreSQL connection (postgres://user@host/db)",
  );
}

/** The value of `--twilio`: where Twilio's API is. */
export function twilioArgument(args: readonly string[]): string | null {
  return argument(args, "--twilio", "the address of a Twilio API (http://127.0.0.1:4010)");
}
