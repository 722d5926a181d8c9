/** What sort of trouble an error code tells of, which decides who has to act. */
export type ErrorKind =
  "config" | "permanent" | "compliance" | "transient" | "opted-out" | "account" | "unknown";

/**
 * Whether sending the same message again makes sense. `later`: it surely did not arrive, and may another time.
 * `after-fix`: once somebody has changed something. `never`: it cannot succeed, or it might arrive twice.
 */
export type RetryAdvice = "never" | "later" | "after-fix";

/** One row: the codes it explains, a title, what happened, what to do, and the retry advice where the kind's does not fit. */
export type CatalogueRow = readonly [
  codes: readonly number[],
  title: string,
  meaning: string,
  advice: string,
  retry?: RetryAdvice,
];

const FIX_SENDER = "Send from a number that this account owns and that can text this destination.";
const FIX_CALL = "Correct the request; this is an error in the program or its settings.";
const FIX_WEBHOOK = "Check that the webhook address can be reached from the internet and answers quickly.";
const FIX_TEMPLATE = "Correct the template or its variables.";
const CHOOSE_NUMBER = "Search again and choose another number.";
const DROP = "Check the number with the contact; do not send to it again.";
const PACE = "Send more slowly, or spread the messages over more numbers.";
const REGISTER = "Complete the registration in the Twilio console, then send again.";
const RESUBMIT = "Correct the submission in the Twilio console and send it in again.";
const ASK_SUPPORT = "Contact Twilio support.";
const WAIT = "Try again later.";
const NOTHING = "Nothing needs to be done.";
const SUPPRESS = "Do not send to this contact. They can opt in again by texting START.";

/**
 * Twilio's error codes by kind, in our own words. Codes that Twilio documents together share a row.
 * Source: Twilio's error dictionary and the pages "Error and warning dictionary" for single codes (read 2026-11).
 */
// prettier-ignore
export const ERROR_CATALOGUE: Readonly<Record<ErrorKind, readonly CatalogueRow[]>> = {
  "opted-out": [
    [[21610], "The contact opted out", "The contact texted STOP to this sender or service, so Twilio refuses to deliver.", SUPPRESS],
    [[63014, 63033], "Blocked by the contact", "The contact has blocked this sender.", "Do not send to this contact on this channel."],
  ],
  permanent: [
    [[21211], "Not a valid recipient", "The recipient's number is malformed, or is the sender itself.", "Correct the number; it needs the country code."],
    [[21214], "Recipient cannot be reached", "The number cannot be reached from Twilio.", DROP],
    [[21612], "Route not available", "This sender cannot send to this recipient.", "Use another kind of sender for this country.", "after-fix"],
    [[21614], "Not a mobile number", "The recipient's number cannot receive texts.", DROP],
    [[21635], "Recipient is a landline", "Landlines in this country cannot receive texts.", DROP],
    [[30004], "Blocked", "The carrier or the contact blocks these messages, or the device cannot receive them.", "Stop sending, and check whether the contact opted out."],
    [[30005], "Unknown or inactive number", "The number does not exist or is no longer in use.", DROP],
    [[30006], "Landline or unreachable carrier", "The number belongs to a landline or to a carrier that takes no texts.", DROP],
    [[30485], "Could not be delivered", "The message could not be delivered to this recipient.", DROP],
    [[63003, 63024], "Not a valid recipient on this channel", "The address is not reachable on this channel.", DROP],
    [[63032], "Limited by WhatsApp", "WhatsApp does not deliver to this user for now.", "Skip this contact."],
    [[63049], "Declined by Meta", "Meta chose not to deliver this marketing message to this user.", "Do not send it again soon."],
  ],
  transient: [
    [[20009], "Not finished yet", "The message is still being processed and cannot be deleted.", WAIT],
    [[20429], "Too many requests at once", "Twilio did not process the request, because too many ran at the same time.", "Wait a little and repeat; that is always safe."],
    [[20500, 20503], "Twilio had a problem", "Twilio could not answer; the message may or may not have been made.", "Look the message up before sending it again.", "never"],
    [[21611], "Sender's queue is full", "More messages wait for this sender than it can send in ten hours.", PACE],
    [[21730], "Maintenance", "Twilio is under maintenance.", WAIT],
    [[30001], "Queue overflow", "Too many messages were waiting for the senders of this service.", PACE],
    [[30003], "Handset unreachable", "The phone is switched off, out of coverage or roaming.", "Try once more later, then give up."],
    [[30008], "Unknown carrier error", "The carrier reported a failure without a reason.", "Try once more later."],
    [[30017], "Carrier congested", "The carrier's network was overloaded, and Twilio's own retries failed.", WAIT],
    [[30020, 30021, 30500], "Internal error at Twilio", "Something failed inside Twilio.", "Try once more later; if it fails again, contact Twilio support."],
    [[30022], "Campaign sends too fast", "The message rate of the A2P campaign was exceeded.", PACE],
    [[30023, 30027], "Daily limit reached", "The daily limit of the brand at this carrier is used up.", "Go on after midnight Pacific time."],
    [[30025, 30026], "Daily limit is near", "A warning: half or more of the brand's daily limit at T-Mobile is used up.", NOTHING, "never"],
    [[30035], "Number is being set up", "The number is still being added to its A2P campaign.", "Try again in some hours or days."],
    [[30036], "Expired in the queue", "The message waited longer than its validity period.", "Allow a longer validity period, or send again."],
    [[30410], "Carrier did not answer in time", "It is not known whether the message arrived; Twilio does not repeat it.", "Sending it again may deliver it twice: ask the contact first.", "never"],
    [[30450], "Held back as suspected fraud", "Twilio suspects SMS pumping and blocks this destination for a while.", "Wait half an hour; put known contacts on Twilio's Safe List."],
    [[63009, 63010, 63012], "Channel had a problem", "Something failed inside Twilio or the channel.", WAIT],
    [[63017, 63018], "Sending too fast", "The rate limit of the account or the channel was exceeded.", PACE],
    [[63035, 63036], "Not reachable by RCS", "The contact cannot receive RCS from this sender now.", "Send it as SMS."],
  ],
  compliance: [
    [[21717, 21719, 21720, 21724, 21725, 21729], "A2P registration in the wrong state", "The brand or campaign is not in a state that allows this.", REGISTER],
    [[30007], "Filtered as spam", "Twilio or the carrier took the message for unwanted.", "Change the text or complete the registration; do not repeat it as it is."],
    [[30018, 30040], "Sender must be registered", "The destination accepts registered sender names only.", REGISTER],
    [[30024], "Sender not set up at the carrier", "The carrier does not know this number yet.", "Wait for the set-up to finish, or contact Twilio support."],
    [[30032], "Toll-free number not verified", "Unverified toll-free numbers cannot text the US and Canada.", REGISTER],
    [[30033], "Campaign suspended", "The A2P campaign of this number is suspended.", ASK_SUPPORT],
    [[30034], "Number not registered for A2P", "The number belongs to no approved A2P campaign, so US carriers refuse it.", REGISTER],
    [[30041], "Sender not registered in the UK", "The United Kingdom accepts registered senders only.", REGISTER],
    [[30440, 30441, 30442, 30443, 30444, 30445, 30446, 30447, 30448, 30449, 30464, 30879], "Toll-free verification rejected", "The submission for this toll-free number was turned down.", RESUBMIT],
    [[30532, 30533, 30534, 30535, 30536, 30537, 30538, 30539, 30540, 30541, 30542, 30543, 30544, 30890, 30891, 30892, 30893, 30894, 30895, 30899], "Registration rejected", "The submission for A2P or toll-free registration was turned down.", RESUBMIT],
    [[30896], "Registration rejected: opt-in", "How contacts agree to be texted was not shown well enough.", RESUBMIT],
    [[30897], "Registration rejected: content", "The registration names content that is not allowed.", "This use is not allowed over these numbers.", "never"],
    [[30898], "Registration rejected: too many brands", "Too many brands are registered with this tax number.", RESUBMIT],
    [[30610], "Quiet hours", "It is too late or too early where the contact is.", "Send it during the day, local time."],
    [[30640], "Known litigator", "Twilio's Compliance Toolkit blocks this contact.", "Do not send to this contact.", "never"],
    [[63013], "Against the channel's rules", "The content breaks a policy of the channel.", "Change the content; do not repeat it as it is."],
    [[63026], "Sender marked as spam", "The channel takes this sender for a spammer.", ASK_SUPPORT],
    [[63051], "WhatsApp account locked", "The WhatsApp Business account is locked.", "Appeal to Meta."],
  ],
  account: [
    [[10001, 20005], "Account not active", "The Twilio account is suspended or closed.", "Settle the account's billing or suspension."],
    [[10002], "Not available on trial", "A trial account cannot use this feature.", "Upgrade the account."],
    [[21607], "Trial sender not allowed", "This sender can only be used from the trial sandbox.", "Use a number of your own, or upgrade the account."],
    [[21608], "Recipient not verified", "A trial account can text verified numbers only.", "Verify the number in the Twilio console, or upgrade the account."],
    [[30002], "Account suspended", "The account was suspended while the message waited.", ASK_SUPPORT],
    [[30037], "Sending is switched off", "Outbound messaging is disabled for this account.", ASK_SUPPORT],
    [[30044], "Too long for a trial account", "Trial accounts can send short messages only.", "Shorten the message, or upgrade the account."],
    [[30454], "Message limit reached", "The account has sent as much as it may.", ASK_SUPPORT],
    [[63038], "Daily limit reached", "The account's limit for 24 hours is used up.", "Wait a day, or ask Twilio support for more.", "later"],
  ],
  config: [
    [[11200], "Webhook failed", "The webhook could not be reached, answered with an error, or took longer than 15 seconds.", FIX_WEBHOOK],
    [[11205], "Webhook did not connect", "Twilio could not open a connection to the webhook.", FIX_WEBHOOK],
    [[11210, 11215, 11220, 11235, 11237], "Webhook host or certificate wrong", "The name, the redirects or the TLS certificate of the webhook failed.", "Correct the host name or its certificate."],
    [[11240, 11241, 11242, 11243], "Connection override not valid", "The fragment of the webhook address is malformed.", "Correct the part after # in the webhook address."],
    [[11321], "Webhook address malformed", "Twilio did not call it.", "Correct the webhook address."],
    [[11750], "Answer too large", "The webhook's answer is larger than 64 kB.", "Answer with less."],
    [[11751], "Media too large", "The file is larger than the channel allows.", "Send a smaller file."],
    [[12100, 12200, 12300], "Answer not readable", "The webhook's answer is not valid TwiML, or has the wrong content type.", "Correct the answer of the webhook."],
    [[14107], "Reply loop", "Two programs answered each other, so Twilio stopped them.", "Stop the automatic replies in this conversation."],
    [[14109], "Too many replies", "The webhook answered one message with more than ten.", "Answer with fewer messages."],
    [[20001, 20002, 20007, 20422], "Invalid parameter", "Twilio did not understand a part of the request.", FIX_CALL],
    [[20003], "Credentials not accepted", "The account id and token do not fit together, or belong to another region or account.", "Correct the credentials; repeating will not help."],
    [[20008], "Test credentials", "Test credentials cannot do this.", "Use the live credentials."],
    [[20404], "Not found", "There is nothing by this id in this account.", "Check the id and the account."],
    [[21212], "Not a valid sender", "The sender is malformed or may not originate messages.", FIX_SENDER],
    [[21401, 21404, 21421, 21422, 21452], "Number cannot be bought", "The number is not valid, not available, or over the account's limit.", CHOOSE_NUMBER],
    [[21408], "Country not enabled", "Texting to this country is switched off for the account.", "Enable the country under geo permissions in the Twilio console."],
    [[21601, 21606], "Sender cannot text", "The sender is not a number of this account that can send texts there.", FIX_SENDER],
    [[21602, 21618, 21619], "Nothing to send", "The message has no text or media that can be sent.", "Give it a text or media."],
    [[21603, 21604], "Sender or recipient missing", "The request names no sender or no recipient.", FIX_CALL],
    [[21605, 21617], "Text too long", "The text has more characters than one message may have.", "Shorten or split the text."],
    [[21609], "Status callback not valid", "The address for delivery reports is malformed.", "Correct the webhook address."],
    [[21615, 21631, 21649, 21650, 21651], "Address or identity required", "Regulations of the country ask for more before this number can be bought.", "Complete the regulatory information in the Twilio console."],
    [[21620, 21623], "Media not valid", "A media address is malformed, or there are too many.", "Correct the media."],
    [[21621, 21622], "MMS not enabled", "The sender or the account cannot send media.", "Use a sender that can, or send text only."],
    [[21624, 21627], "Option not valid", "The validity period or maximum price is out of range.", FIX_CALL],
    [[21654, 21655, 21656], "Template not valid", "The content template or its variables are missing or malformed.", FIX_TEMPLATE],
    [[21701, 21705], "Messaging Service not found", "There is no Messaging Service by this id.", "Check the id of the service."],
    [[21703], "No sender for this destination", "No number in the service can reach this recipient.", "Add a suitable number to the service."],
    [[21704], "Service has no senders", "The Messaging Service contains no numbers.", "Add a number to the service."],
    [[21710, 21712, 21714], "Number cannot join the service", "It is in this or another service already, or the service is full.", "Remove it from the other service, or use another service."],
    [[23001, 23002, 23003, 23004], "Redaction conflicts with opt-out", "Number redaction cannot be combined with Twilio's opt-out handling.", "Choose one of the two."],
    [[30009], "Part of a message missing", "A part of an incoming message did not arrive.", "Ask the contact to send it again.", "never"],
    [[30010], "Price too high", "The message would have cost more than the request allowed.", "Raise or remove the maximum price."],
    [[30011], "Media not supported there", "MMS is not available in this region.", "Send text only."],
    [[30012, 30013, 30014, 30015, 30016, 30028, 30031], "Invalid parameter", "A part of the request does not fit the channel or the interface.", FIX_CALL],
    [[30019], "Too large for the carrier", "The content is larger than the carrier allows.", "Send less."],
    [[30029, 30030], "Retention option not valid", "The account cannot use this retention setting.", FIX_CALL],
    [[30038], "Passcode filtered", "An incoming message looked like a passcode and was not passed on.", NOTHING, "never"],
    [[30039], "Loop filtered", "An incoming message looked like part of a loop and was not passed on.", NOTHING, "never"],
    [[30043], "Wrong route", "An international message was sent over a domestic gateway.", FIX_SENDER],
    [[30109, 30110, 30111], "Link shortener failed", "The domain, address or callback of the link shortener is wrong.", "Correct the link shortening settings."],
    [[30400, 30404, 30409], "Message cannot be changed", "The change is not valid, or the message is gone or too far on its way.", FIX_CALL, "never"],
    [[35111, 35114, 35115, 35117, 35118, 35125, 35126], "Schedule not valid", "A message can be scheduled from 5 minutes to 35 days ahead, through a Messaging Service.", "Correct the time or the sender."],
    [[57012], "Signature not valid", "The signature of a webhook did not match.", "Check the webhook address and the auth token."],
    [[63001], "Channel sign-in failed", "Twilio could not sign in to the channel.", "Link the sender again."],
    [[63005, 63021], "Content not accepted", "The channel does not accept this content.", "Change the content."],
    [[63007], "No such sender on this channel", "The account has no sender by this address.", "Check the sender and its channel prefix."],
    [[63015], "Sandbox not joined", "The contact has not joined the WhatsApp sandbox.", "Have them join first."],
    [[63016], "Outside the reply window", "More than 24 hours have passed since the contact last wrote.", "Send an approved template."],
    [[63019], "Media could not be fetched", "Twilio could not download the file.", "Make sure that the media address is public."],
    [[63027, 63028, 63030, 63040, 63041, 63042], "Template not usable", "The template is missing, rejected, paused, or its variables do not fit.", FIX_TEMPLATE],
    [[80901], "Keyword dropped by Proxy", "Twilio Proxy did not pass on an opt-out or opt-in word.", NOTHING, "never"],
  ],
  unknown: [
    [[30042, 30453], "Not sent", "Twilio did not deliver the message; what this code means is not documented.", ASK_SUPPORT],
  ],
};
