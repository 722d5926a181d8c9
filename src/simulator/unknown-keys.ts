/** Objects to a member that is not known, instead of passing over a misspelt option. @throws TypeError naming the known ones. */
export function rejectUnknownKeys(value: object, known: readonly string[], where: string): void {
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new TypeError(`${where} has no option "${unknown}"; it takes ${known.join(", ")}.`);
}
