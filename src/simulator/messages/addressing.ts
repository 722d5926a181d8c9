/**
 * Whether Twilio would take this for the number of a person: E.164, and ten digits after +1.
 * Fictional numbers pass, so that tests need no real ones.
 */
export function isRecipient(value: string): boolean {
  if (value.startsWith("+1")) return /^\+1[2-9][0-9]{9}$/.test(value);
  return /^\+[2-9][0-9]{6,14}$/.test(value);
}

/** Whether this has the form of a sender: a number, a short code, or an alphanumeric sender id with a letter in it. */
export function isSenderShaped(value: string): boolean {
  return isRecipient(value) || /^[0-9]{5,6}$/.test(value) || /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/.test(value);
}

/** Whether this is the address of another channel, such as `whatsapp:+15557654321`. */
export function isChannelAddress(value: string): boolean {
  return /^[a-z]+:/.test(value);
}
