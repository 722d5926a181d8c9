/** Rules that each of the broken storages breaks, by what it does: those that are most about its mistake. */
export const CAUGHT_BY: Readonly<Record<string, readonly string[]>> = {
  "ignores versions": [
    "putting, checking or removing a record that does not exist conflicts and makes none",
    "putting, checking or removing a record that was removed conflicts",
    "write skew: a claim that checked consent conflicts when a STOP was committed after it read",
  ],
  "ignores versions of puts": [
    "putting a record at a version that is no longer, or not yet, conflicts and changes nothing",
    "when a put at a wrong version fails at any place of a commit, nothing of it is there",
    "after opening again versions and unique values are held as before",
    "what conflicted before closing is not there after opening again",
    "a version or a unique value that one connection has taken is taken for the other",
  ],
  "ignores versions of removals": [
    "removing a record at a version that is no longer, or not yet, conflicts and it stays",
    "when a removal at a wrong version fails at any place of a commit, nothing of it is there",
  ],
  "ignores checks": [
    "putting, checking or removing a record that does not exist conflicts and makes none",
    "putting, checking or removing a record that was removed conflicts",
    "write skew: a claim that checked consent conflicts when a STOP was committed after it read",
  ],
  "takes a check of nobody for true": [
    "putting, checking or removing a record that does not exist conflicts and makes none",
    "putting, checking or removing a record that was removed conflicts",
    "a check lets the writes beside it through when it holds, and none of them when it does not",
  ],
  "takes a removal of nobody for done": [
    "putting, checking or removing a record that does not exist conflicts and makes none",
    "putting, checking or removing a record that was removed conflicts",
    "a commit that conflicted left no trace in any list",
  ],
  "overwrites what it should create": [
    "creating a record whose id exists conflicts and changes nothing",
    "a commit that conflicted leaves nothing locked or taken: the same writes go through once they can",
    "write skew: where there is no consent yet, a claim and a STOP both create it and only the first wins",
    "a version or a unique value that one connection has taken is taken for the other",
  ],
  "creates what it should change": [
    "putting, checking or removing a record that does not exist conflicts and makes none",
    "putting, checking or removing a record that was removed conflicts",
  ],
  "takes every version up to the expected one": [
    "a check lets the writes beside it through when it holds, and none of them when it does not",
    "after opening again versions and unique values are held as before",
    "what conflicted before closing is not there after opening again",
  ],
  "starts versions at 0": [
    "a removed record is gone from every look-up and every list",
    "an update that keeps its own unique values goes through",
    "commits at once that only check a record all go through",
  ],
  "counts versions in twos": [
    "a put that changes nothing counts as well",
    "of a put and a removal of one version at once exactly one wins",
    "while records change between pages, every record of a kind is listed exactly once",
  ],
  "gives versions as texts": [
    "a consent is read back as it was written, at version 1",
    "a conversation is read back as it was written, at version 1",
    "a put that changes nothing counts as well",
  ],
  "goes on counting versions after a removal": [
    "a record that is created again starts at version 1 and has nothing of the one before",
    "readers see a commit that creates and removes whole or not at all",
    "a text with NUL or half a surrogate pair comes back as it was or is refused with nothing changed",
  ],
  "raises the version with a check": [
    "a check of a record holds at its version only, and changes nothing",
    "a check lets the writes beside it through when it holds, and none of them when it does not",
    "commits at once that only check a record all go through",
    "write skew: of two commits that each check what the other writes, the second conflicts",
  ],
  "takes a put that changes nothing for a conflict": [
    "a put that changes nothing counts as well",
    "commits over the same records, named in every order, all come to an end and none fails",
    "while records change between pages, every record of a kind is listed exactly once",
  ],
  "leaves out puts that change nothing": [
    "a put that changes nothing counts as well",
    "a commit that conflicted leaves nothing locked or taken: the same writes go through once they can",
    "what conflicted before closing is not there after opening again",
  ],
  "changes what was removed": ["putting, checking or removing a record that was removed conflicts"],
  "changes a neighbour, too": [
    "a put and a removal concern one record and no other of its kind",
    "a unique value that one record frees and a later one takes in one commit has one holder",
    "a record that changes moves in its lists, and one that is removed leaves them",
    "while messages come and go between the pages of a search, each that is there all along is found exactly once",
  ],
  "merges a put into what is there": [
    "every optional field keeps a value as well as null, and goes back to null",
    "a put replaces the whole record: what is not in the new one is gone",
    "a conversation enters and leaves the filtered lists as it changes",
  ],
  "commits halfway": [
    "a commit that conflicted leaves nothing locked or taken: the same writes go through once they can",
    "a conflict harms no commit that is asked for at the same time",
    "readers see a commit that creates and removes whole or not at all",
  ],
  "commits halfway in lock order": [
    "a commit that conflicted leaves nothing locked or taken: the same writes go through once they can",
    "write skew: of two commits that each check what the other writes, the second conflicts",
    "readers see a commit that creates and removes whole or not at all",
  ],
  "says conflict after having written": [
    "a unique value that one record frees and an earlier one takes in one commit has one holder",
    "write skew: a claim that checked consent conflicts when a STOP was committed after it read",
    "write skew: of two commits that each check what the other writes, the second conflicts",
  ],
  "keeps what came before a violated constraint": [
    "an update to a sid that another record has conflicts and changes nothing",
    "an update to a pair that another record has conflicts and changes nothing",
    "two records of one commit that share a unique value conflict, and neither is there",
    "a unique value that one record frees and an earlier one takes in one commit has one holder",
  ],
  "keeps what came before a record that cannot be stored": [
    "when a record of a commit cannot be stored, nothing of it is there and the storage works on",
    "a record that does not fit its kind is refused and leaves nothing",
  ],
  "loses the last write of a large commit": [
    "the conversations of a contact are listed by our address",
    "tasks are listed longest due first, then by id",
    "the ledger of a consent is listed by time, oldest first, then by id",
  ],
  "writes the first record of each kind only": [
    "tasks are listed longest due first, then by id",
    "tasks are those of the class",
    "a page of a search is no larger than asked for, and has a cursor only when there are more",
  ],
  "writes one kind per commit": [
    "write skew: a claim that checked consent conflicts when a STOP was committed after it read",
    "the records of a kind are those of the kind only",
    "after opening again lists and look-ups find what they found",
  ],
  "says committed before it is written": [
    "an update that keeps its own unique values goes through",
    "the ledger of a consent is that of the consent only",
    "a search for messages gives whole records",
  ],
  "reads from a replica that lags": [
    "tasks are listed longest due first, then by id",
    "tasks are those of the class",
    "the ledger of a consent is that of the consent only",
  ],
  "rejects instead of telling of a conflict": [
    "creating a second conversation of a pair conflicts",
    "creating a second message with a sid conflicts",
    "creating a second message at a place of a conversation conflicts, and not at that place of another",
  ],
  "stays in a failed transaction": [
    "when a record of a commit cannot be stored, nothing of it is there and the storage works on",
    "a record that does not fit its kind is refused and leaves nothing",
  ],
  "keeps its locks after a conflict": [
    "when a creation of what exists fails at any place of a commit, nothing of it is there",
    "when a check of a wrong version fails at any place of a commit, nothing of it is there",
    "a commit that conflicted leaves nothing locked or taken: the same writes go through once they can",
    "a commit of 500 writes goes through whole, or conflicts whole when one of them does",
  ],
  "takes nothing to do for a conflict": ["a commit of nothing goes through"],
  "has no room for large requests": [
    "a commit of 500 writes goes through whole, or conflicts whole when one of them does",
    "reading 500 keys, some twice and some of nobody, gives each in its place",
    "each of 3,000 records is listed exactly once, in pages of any size",
  ],
  "splits a large commit into several": [
    "a commit of 500 writes goes through whole, or conflicts whole when one of them does",
  ],
  "looks before it writes": [
    "of 32 writers of one version at once exactly one wins, and its record is there",
    "of 32 that enqueue one task at once exactly one wins, and its record is there",
    "of a put and a removal of one version at once exactly one wins",
    "8 that count together by reading and putting until it goes through lose no step",
  ],
  "checks the pair of a conversation before it locks": [
    "creating a second conversation of a pair conflicts",
    "two records of one commit that share a unique value conflict, and neither is there",
    "of 32 that open the conversation of one pair at once exactly one wins, and the others leave nothing",
  ],
  "does not hold what it checks": [
    "write skew: of two at once that each check what the other writes, at most one wins",
    "write skew: of two over two connections that each check what the other writes, at most one wins",
  ],
  "lets one commit at a time in and sends the others away": [
    "commits at once that do not touch each other all go through",
    "commits at once that only check a record all go through",
    "a conflict harms no commit that is asked for at the same time",
  ],
  "fails when the database is locked": [
    "of a put and a removal of one version at once exactly one wins",
    "commits at once that do not touch each other all go through",
    "commits at once that only check a record all go through",
  ],
  "rolls a group back together": ["a conflict harms no commit that is asked for at the same time"],
  "locks records in the order of the writes": [
    "every commit that was answered before the process was killed is there, and of the others at most the next",
    "every commit that is there after the process was killed is there whole, in records, look-ups and lists",
    "after the process was killed the storage takes the next commits",
  ],
  "reads key by key": [
    "readers see every commit whole or not at all",
    "readers see a commit that creates and removes whole or not at all",
    "readers of one connection see every commit of the other whole or not at all",
  ],
  "reads each kind by itself": [
    "readers see every commit whole or not at all",
    "readers of one connection see every commit of the other whole or not at all",
  ],
  "checks the id only": [
    "creating a second conversation of a pair conflicts",
    "creating a second message with a sid conflicts",
    "creating a second message at a place of a conversation conflicts, and not at that place of another",
  ],
  "forgets that a sid is unique": [
    "creating a second message with a sid conflicts",
    "two records of one commit that share a unique value conflict, and neither is there",
    "of 32 messages that get one sid at once exactly one wins, and it is found by it",
  ],
  "forgets that a place is unique": [
    "creating a second message at a place of a conversation conflicts, and not at that place of another",
    "two records of one commit that share a unique value conflict, and neither is there",
    "after opening again versions and unique values are held as before",
  ],
  "forgets that a pair is unique": [
    "creating a second conversation of a pair conflicts",
    "two records of one commit that share a unique value conflict, and neither is there",
    "of 32 that open the conversation of one pair at once exactly one wins, and the others leave nothing",
  ],
  "has one pair for all accounts": [
    "a conversation is found by account, our address and the contact's, in this order and only by all of them",
    "a pair is apart in every account and at every address of ours",
    "the conversations of a contact are those of the account and the exact address",
  ],
  "has one place for all conversations": [
    "creating a second message at a place of a conversation conflicts, and not at that place of another",
    "messages are those of the conversation only",
    "a record that does not fit its kind is refused and leaves nothing",
  ],
  "takes null for a unique value": [
    "any number of messages may have no sid",
    "of 32 messages that get one sid at once exactly one wins, and it is found by it",
    "a record that does not fit its kind is refused and leaves nothing",
  ],
  "looks at unique values of creations only": [
    "an update to a sid that another record has conflicts and changes nothing",
    "an update to a place in a conversation that another record has conflicts and changes nothing",
    "of 32 messages that get one sid at once exactly one wins, and it is found by it",
  ],
  "takes a record for a rival of itself": [
    "an update that keeps its own unique values goes through",
    "while records change between pages, every record of a kind is listed exactly once",
    "a search for contacts follows every change of their conversations",
  ],
  "judges all writes before it does any": [
    "two records of one commit that share a unique value conflict, and neither is there",
    "when a record of a commit cannot be stored, nothing of it is there and the storage works on",
    "a record that does not fit its kind is refused and leaves nothing",
  ],
  "keeps all kinds under one id": [
    "ids of different kinds do not meet",
    "ids are ordered by the codes of their characters, also where they break ties",
    "a record that does not fit its kind is refused and leaves nothing",
  ],
  "ignores case in keys": [
    "a message is found by its sid, and not by its id in its place",
    "ids that differ in case, blanks, hyphens or composed letters are different ids",
    "ids are ordered by the codes of their characters, also where they break ties",
  ],
  "ignores accents in keys": [
    "ids that differ in case, blanks, hyphens or composed letters are different ids",
    "unique values that differ in case, blanks, hyphens or composed letters are different values",
    "a record that does not fit its kind is refused and leaves nothing",
  ],
  "trims keys": [
    "ids that differ in case, blanks, hyphens or composed letters are different ids",
    "unique values that differ in case, blanks, hyphens or composed letters are different values",
    "such texts work as ids, as unique values and as filters",
  ],
  "ignores hyphens in keys": [
    "ids that differ in case, blanks, hyphens or composed letters are different ids",
    "ids are ordered by the codes of their characters, also where they break ties",
    "such texts work as ids, as unique values and as filters",
  ],
  "normalises keys": [
    "ids that differ in case, blanks, hyphens or composed letters are different ids",
    "unique values that differ in case, blanks, hyphens or composed letters are different values",
    "a record that does not fit its kind is refused and leaves nothing",
  ],
  "cuts keys off at NUL": [
    "when a record of a commit cannot be stored, nothing of it is there and the storage works on",
    "a key with NUL or half a surrogate pair finds nobody else's record",
    "a record that does not fit its kind is refused and leaves nothing",
  ],
  "takes half a surrogate pair for U+FFFD in keys": [
    "when a record of a commit cannot be stored, nothing of it is there and the storage works on",
    "a key with NUL or half a surrogate pair finds nobody else's record",
    "a record that does not fit its kind is refused and leaves nothing",
  ],
  "writes keys into the statement": ["such texts work as ids, as unique values and as filters"],
  "keeps unique values of what was removed": [
    "after a record was removed its id and its unique values are free",
    "when a commit was answered, all of it is there, the last write as well",
    "a text with NUL or half a surrogate pair comes back as it was or is refused with nothing changed",
    "a search finds what a message says now, and nothing of what changed, was removed or conflicted",
  ],
  "keeps ids of what was removed": [
    "after a record was removed its id and its unique values are free",
    "a record that is created again starts at version 1 and has nothing of the one before",
    "readers see a commit that creates and removes whole or not at all",
  ],
  "brings its look-up by sid up to date write by write": [
    "two records that swap a unique value in one commit are both found by it or both left as they were",
    "when a record of a commit cannot be stored, nothing of it is there and the storage works on",
    "a record that does not fit its kind is refused and leaves nothing",
  ],
  "takes removals before anything else": [
    "a put changes what a record is looked up by: the new value finds it, the old one does not",
    "a unique value that one record frees and an earlier one takes in one commit has one holder",
  ],
  "writes its look-up by sid when a message is created": [
    "a put changes what a record is looked up by: the new value finds it, the old one does not",
    "of 32 messages that get one sid at once exactly one wins, and it is found by it",
    "what one connection commits the other lists and looks up at once",
  ],
  "mixes our address up with the contact's": [
    "a conversation is found by account, our address and the contact's, in this order and only by all of them",
    "one record read by all of its keys at once is the same each time, with its version",
    "after a record was removed its id and its unique values are free",
    "after opening again lists and look-ups find what they found",
  ],
  "looks a message up by sid or id alike": [
    "a message is found by its sid, and not by its id in its place",
    "readers see a commit that creates and removes whole or not at all",
  ],
  "gives rows as they come": [
    "reading keeps the order of the keys, with null where there is none and the same record as often as asked",
    "a unique value that one record frees and an earlier one takes in one commit has one holder",
    "a unique value that one record frees and a later one takes in one commit has one holder",
  ],
  "answers each record once": [
    "reading keeps the order of the keys, with null where there is none and the same record as often as asked",
    "a unique value that one record frees and an earlier one takes in one commit has one holder",
    "a unique value that one record frees and a later one takes in one commit has one holder",
  ],
  "finds everything when asked for nothing": ["reading no keys gives no records"],
  "has undefined for nobody": [
    "an empty storage has no record under any key",
    "a key with NUL or half a surrogate pair finds nobody else's record",
    "two storages that were created apart share nothing",
  ],
  "has other records in it already": [
    "an empty storage has no record under any key",
    "what one connection commits the other reads at once, also what it had read before",
  ],
  "gives its own objects to readers": [
    "what a caller does to a record that it read changes nothing stored",
    "what a caller does to a record that it listed changes nothing stored",
    "two that read one record share no object that can be changed",
  ],
  "gives readers copies of the first level": [
    "what a caller does to a record that it read changes nothing stored",
    "what a caller does to a record that it listed changes nothing stored",
    "two that read one record share no object that can be changed",
  ],
  "gives its own objects to lists": ["what a caller does to a record that it listed changes nothing stored"],
  "keeps the caller's objects": [
    "when a record of a commit cannot be stored, nothing of it is there and the storage works on",
    "what a caller does to a record after committing it changes nothing stored",
    "a record that does not fit its kind is refused and leaves nothing",
  ],
  "copies after it has waited": [
    "what a caller does to a record before its commit is answered is not part of it",
  ],
  "freezes what it is given": ["a storage leaves the records that it is given as they are"],
  "changes what it is given": [
    "a storage leaves the records that it is given as they are",
    "a text with NUL or half a surrogate pair comes back as it was or is refused with nothing changed",
  ],
  "gives one object for one record": ["two that read one record share no object that can be changed"],
  "trims texts": [
    "ids that differ in case, blanks, hyphens or composed letters are different ids",
    "texts that look like SQL, numbers, dates, JSON or nothing come back as they were",
    "a text of a million characters comes back whole",
  ],
  "normalises texts": [
    "ids that differ in case, blanks, hyphens or composed letters are different ids",
    "every character of Unicode comes back as it was",
    "texts that look like SQL, numbers, dates, JSON or nothing come back as they were",
  ],
  "cuts texts at 255 characters": [
    "every character of Unicode comes back as it was",
    "a text of a million characters comes back whole",
    "a text of any length up to some thousand characters comes back whole",
  ],
  "cuts texts at 65,535 characters": [
    "every character of Unicode comes back as it was",
    "a text of a million characters comes back whole",
  ],
  "cuts texts off at NUL": [
    "a text with NUL or half a surrogate pair comes back as it was or is refused with nothing changed",
  ],
  "makes half a surrogate pair U+FFFD": [
    "a text with NUL or half a surrogate pair comes back as it was or is refused with nothing changed",
  ],
  "has three bytes per character": [
    "every character of Unicode comes back as it was",
    "texts that look like SQL, numbers, dates, JSON or nothing come back as they were",
    "a text of a million characters comes back whole",
  ],
  "takes an empty text for null": ["an empty text is not null, neither in records nor in filters"],
  "takes null for an empty text": [
    "a consent is read back as it was written, at version 1",
    "a conversation is read back as it was written, at version 1",
    "a draft is read back as it was written, at version 1",
  ],
  "leaves null out": [
    "a consent is read back as it was written, at version 1",
    "a conversation is read back as it was written, at version 1",
    "a draft is read back as it was written, at version 1",
  ],
  "leaves null out of JSON": [
    "a message is read back as it was written, at version 1",
    "a consentEntry is read back as it was written, at version 1",
    "fields of a webhook may be named like parts of an object",
  ],
  "takes an empty list for nothing": [
    "a task is read back as it was written, at version 1",
    "reading keeps the order of the keys, with null where there is none and the same record as often as asked",
    "whole numbers come back as numbers, from below zero to the greatest safe one",
  ],
  "gives numbers as texts": [
    "a conversation is read back as it was written, at version 1",
    "a draft is read back as it was written, at version 1",
    "a task is read back as it was written, at version 1",
  ],
  "gives large numbers as texts": [
    "a task is read back as it was written, at version 1",
    "reading keeps the order of the keys, with null where there is none and the same record as often as asked",
    "whole numbers come back as numbers, from below zero to the greatest safe one",
  ],
  "keeps 32 bits of a number": [
    "a task is read back as it was written, at version 1",
    "reading keeps the order of the keys, with null where there is none and the same record as often as asked",
    "whole numbers come back as numbers, from below zero to the greatest safe one",
  ],
  "gives booleans as 0 and 1": [
    "a task is read back as it was written, at version 1",
    "reading keeps the order of the keys, with null where there is none and the same record as often as asked",
    "whole numbers come back as numbers, from below zero to the greatest safe one",
  ],
  "lists booleans as 0 and 1": [
    "what was answered is there for the next reader",
    "a list gives whole records",
    "a cursor stays valid when the record it stands behind is removed",
    "true and false come back as true and false",
  ],
  "guesses that a text is a number": [
    "ids that differ in case, blanks, hyphens or composed letters are different ids",
    "ids are ordered by the codes of their characters, also where they break ties",
    "texts that look like SQL, numbers, dates, JSON or nothing come back as they were",
  ],
  "takes a text for JSON": [
    "texts that look like SQL, numbers, dates, JSON or nothing come back as they were",
  ],
  "loses __proto__": ["fields of a webhook may be named like parts of an object"],
  "stores whatever it is given": [
    "when a record of a commit cannot be stored, nothing of it is there and the storage works on",
    "a record that does not fit its kind is refused and leaves nothing",
  ],
  "encodes the ledger's evidence twice": [
    "a consentEntry is read back as it was written, at version 1",
    "records of all kinds are written in one commit and read in one",
    "the version of a record is 1 when it is created and one more with every put",
    "a list gives whole records",
    "lists and objects inside a record come back whole, empty ones and null among them",
  ],
  "has no column for a message's segments": [
    "a message is read back as it was written, at version 1",
    "a message is found by its sid, and not by its id in its place",
    "fields of a webhook may be named like parts of an object",
  ],
  "gives times without milliseconds": [
    "a consent is read back as it was written, at version 1",
    "a conversation is read back as it was written, at version 1",
    "a draft is read back as it was written, at version 1",
  ],
  "ignores the account of conversations": [
    "conversations are filtered by account",
    "conversations are filtered by every combination of filters in one account",
    "a filtered list gives full pages to its end, however many records lie between those that fit",
  ],
  "ignores the status of conversations": [
    "conversations are filtered by status",
    "conversations are filtered by every combination of filters in one account",
    "a conversation enters and leaves the filtered lists as it changes",
  ],
  "ignores the channel of conversations": [
    "conversations are filtered by channel",
    "conversations are filtered by every combination of filters in one account",
    "conversations are filtered by every combination of filters over all accounts",
  ],
  "ignores the assignee of conversations": [
    "conversations are filtered by assignee",
    "conversations are filtered by having no assignee",
    "an empty text is not null, neither in records nor in filters",
  ],
  "takes nobody for anybody": [
    "conversations are filtered by having no assignee",
    "a conversation enters and leaves the filtered lists as it changes",
    "an empty text is not null, neither in records nor in filters",
  ],
  "ignores unread": [
    "conversations are filtered by having unread messages",
    "a filtered list gives full pages to its end, however many records lie between those that fit",
    "a conversation enters and leaves the filtered lists as it changes",
  ],
  "takes not unread for read": [
    "conversations are listed by last activity, newest first, then by id descending",
    "conversations are filtered by status",
    "conversations are filtered by needing attention",
  ],
  "ignores attention": [
    "conversations are filtered by needing attention",
    "a filtered list gives full pages to its end, however many records lie between those that fit",
    "a conversation enters and leaves the filtered lists as it changes",
  ],
  "lets one filter take the place of another": [
    "conversations are filtered by every combination of filters in one account",
    "conversations are filtered by every combination of filters over all accounts",
    "a filtered list gives full pages to its end, however many records lie between those that fit",
  ],
  "forgets a filter where there is no account": [
    "conversations are filtered by every combination of filters over all accounts",
  ],
  "filters a page after it was cut": [
    "a filtered list gives full pages to its end, however many records lie between those that fit",
  ],
  "ignores the account of a contact": [
    "the conversations of a contact are those of the account and the exact address",
  ],
  "finds a contact by the beginning of the address": [
    "the conversations of a contact are those of the account and the exact address",
  ],
  "lists the messages of conversations whose id begins alike": [
    "messages are those of the conversation only",
  ],
  "ignores the class of tasks": [
    "tasks are those of the class",
    "a record that changes moves in its lists, and one that is removed leaves them",
    "a commit that conflicted left no trace in any list",
  ],
  "lists tasks that are not due": ["tasks are those that are due, to the millisecond"],
  "lists tasks that were due before": [
    "what was answered is there for the next reader",
    "tasks are those that are due, to the millisecond",
  ],
  "ignores the account of drafts": [
    "drafts are filtered by account, conversation and status in every combination",
  ],
  "ignores the conversation of drafts": [
    "drafts are filtered by account, conversation and status in every combination",
  ],
  "ignores the status of drafts": [
    "drafts are filtered by account, conversation and status in every combination",
  ],
  "lists the ledger of everybody": [
    "the ledger of a consent is that of the consent only",
    "while records come and go between pages, the ledger of a consent: each that is there all along is listed exactly once",
    "a cursor gives the same page as often as it is used",
  ],
  "lists the ledger of all accounts": [
    "the ledger of an account is that of the account only",
    "while records come and go between pages, the ledger of an account: each that is there all along is listed exactly once",
    "a cursor gives the same page as often as it is used",
  ],
  "lists records of all kinds": [
    "every record of a kind is listed by id, and pages of any size join to the same list",
    "the records of a kind are those of the kind only",
    "while records change between pages, every record of a kind is listed exactly once",
  ],
  "orders ties the other way": [
    "conversations are listed by last activity, newest first, then by id descending",
    "drafts are listed by creation, newest first, then by id descending",
    "the ledger of an account is listed by time, newest first, then by id descending",
  ],
  "leaves ties as they come": [
    "conversations are listed by last activity, newest first, then by id descending",
    "drafts are listed by creation, newest first, then by id descending",
    "the ledger of an account is listed by time, newest first, then by id descending",
  ],
  "orders numbers as texts": [
    "messages are listed by their place, oldest first",
    "messages are listed by their place, newest first",
    "while records come and go between pages, messages, oldest first: each that is there all along is listed exactly once",
  ],
  "orders messages by time": [
    "messages are listed by their place, oldest first",
    "messages are listed by their place, oldest first: pages of any size join to the same list, and only the last has no cursor",
  ],
  "orders by the rules of a language": [
    "when a record of a commit cannot be stored, nothing of it is there and the storage works on",
    "ids are ordered by the codes of their characters, also where they break ties",
    "a record that does not fit its kind is refused and leaves nothing",
  ],
  "lists oldest first whatever the order": [
    "messages are listed by their place, newest first",
    "messages are listed by their place, newest first: pages of any size join to the same list, and only the last has no cursor",
  ],
  "lists contacts' conversations by activity": [
    "the conversations of a contact are listed by our address",
    "the conversations of a contact are listed by our address: pages of any size join to the same list, and only the last has no cursor",
  ],
  "lists the account's ledger oldest first": [
    "the ledger of an account is listed by time, newest first, then by id descending",
    "the ledger of an account is listed by time, newest first, then by id descending: pages of any size join to the same list, and only the last has no cursor",
    "each of 3,000 records is listed exactly once, in pages of any size",
  ],
  "lists drafts oldest first": [
    "drafts are listed by creation, newest first, then by id descending",
    "drafts are listed by creation, newest first, then by id descending: pages of any size join to the same list, and only the last has no cursor",
    "drafts are filtered by account, conversation and status in every combination",
  ],
  "lists a consent's ledger newest first": [
    "the ledger of a consent is listed by time, oldest first, then by id",
    "the ledger of a consent is listed by time, oldest first, then by id: pages of any size join to the same list, and only the last has no cursor",
    "each of 3,000 records is listed exactly once, in pages of any size",
  ],
  "joins statuses without merging them": [
    "conversations are listed by last activity, newest first, then by id descending",
    "conversations without any filter are all of them",
    "conversations are filtered by needing attention",
  ],
  "lists records in the order of their last change": [
    "while records come and go between pages, conversations: each that is there all along is listed exactly once",
    "while records come and go between pages, the conversations of a contact: each that is there all along is listed exactly once",
    "while records come and go between pages, messages, newest first: each that is there all along is listed exactly once",
    "while records come and go between pages, drafts: each that is there all along is listed exactly once",
  ],
  "lists parts of records": [
    "what was answered is there for the next reader",
    "what a caller does to a record that it listed changes nothing stored",
    "true and false come back as true and false",
  ],
  "pages by offset": [
    "while records come and go between pages, conversations: each that is there all along is listed exactly once",
    "while records come and go between pages, the conversations of a contact: each that is there all along is listed exactly once",
    "while records come and go between pages, drafts: each that is there all along is listed exactly once",
  ],
  "continues behind the sort value alone": [
    "conversations are listed by last activity, newest first, then by id descending: pages of any size join to the same list, and only the last has no cursor",
    "tasks are listed longest due first, then by id: pages of any size join to the same list, and only the last has no cursor",
    "drafts are listed by creation, newest first, then by id descending: pages of any size join to the same list, and only the last has no cursor",
    "the ledger of a consent is listed by time, oldest first, then by id: pages of any size join to the same list, and only the last has no cursor",
  ],
  "continues from the sort value on": [
    "conversations are filtered by status",
    "conversations are filtered by needing attention",
    "while records come and go between pages, drafts: each that is there all along is listed exactly once",
  ],
  "looks its cursor up as a record": [
    "while records come and go between pages, the conversations of a contact: each that is there all along is listed exactly once",
    "while records come and go between pages, messages, oldest first: each that is there all along is listed exactly once",
    "while records come and go between pages, tasks: each that is there all along is listed exactly once",
  ],
  "has a cursor on the last page": [
    "the conversations of a contact are listed by our address: pages of any size join to the same list, and only the last has no cursor",
    "every record of a kind is listed by id, and pages of any size join to the same list",
    "a page has as many records as asked for, and a cursor only when there are more",
  ],
  "has a cursor on an empty page": [
    "a removed record is gone from every look-up and every list",
    "lists of an empty storage are empty and have no cursor",
    "messages are those of the conversation only",
  ],
  "gives one record more than asked for": [
    "the conversations of a contact are listed by our address: pages of any size join to the same list, and only the last has no cursor",
    "a page has as many records as asked for, and a cursor only when there are more",
    "a search refuses foreign cursors and limits outside of 1 to 1,000 with config_invalid",
  ],
  "gives all whatever the limit": [
    "the conversations of a contact are listed by our address: pages of any size join to the same list, and only the last has no cursor",
    "a page has as many records as asked for, and a cursor only when there are more",
    "a search refuses foreign cursors and limits outside of 1 to 1,000 with config_invalid",
  ],
  "takes any limit": ["a list takes limits from 1 to 1,000 and refuses all others with config_invalid"],
  "takes any cursor for the beginning": [
    "a cursor that no list gave is refused with config_invalid",
    "a cursor of another list is refused with config_invalid",
  ],
  "fails on a cursor in its own way": [
    "a cursor that no list gave is refused with config_invalid",
    "a cursor of another list is refused with config_invalid",
  ],
  "takes cursors of any list": ["a cursor of another list is refused with config_invalid"],
  "uses cursors up": [
    "the conversations of a contact are listed by our address: pages of any size join to the same list, and only the last has no cursor",
    "every record of a kind is listed by id, and pages of any size join to the same list",
    "tasks are those that are due, to the millisecond",
  ],
  "indexes records when they are created": [
    "what was answered is there for the next reader",
    "a record that changes moves in its lists, and one that is removed leaves them",
    "after closing, list rejects with storage_failed",
  ],
  "lists what was removed": [
    "a removed record is gone from every look-up and every list",
    "while records come and go between pages, every consent: each that is there all along is listed exactly once",
    "while records come and go between pages, every message: each that is there all along is listed exactly once",
    "while records come and go between pages, every draft: each that is there all along is listed exactly once",
  ],
  "lists what conflicted": ["a commit that conflicted left no trace in any list"],
  "keeps conversations in the filters they were in": [
    "a conversation enters and leaves the filtered lists as it changes",
  ],
  "works on after closing": [
    "after closing, read rejects with storage_failed",
    "after closing, commit rejects with storage_failed",
    "after closing, list rejects with storage_failed",
  ],
  "reads on after closing": ["after closing, read rejects with storage_failed"],
  "searches on after closing": ["after closing, search rejects with storage_failed"],
  "reads after closing in the driver's words": ["after closing, read rejects with storage_failed"],
  "commits after closing in the driver's words": ["after closing, commit rejects with storage_failed"],
  "lists after closing in the driver's words": [
    "a cursor that no list gave is refused with config_invalid",
    "a list takes limits from 1 to 1,000 and refuses all others with config_invalid",
    "after closing, list rejects with storage_failed",
  ],
  "searches after closing in the driver's words": [
    "after closing, search rejects with storage_failed",
    "a search refuses foreign cursors and limits outside of 1 to 1,000 with config_invalid",
  ],
  "throws when it is closed twice": [
    "closing twice, also at once, does no harm",
    "a storage that was never used can be closed",
    "two storages that were created apart share nothing",
  ],
  "throws when it is closed unused": ["a storage that was never used can be closed"],
  "drops commits when it is closed": ["closing lets commits that were asked for before come to an end"],
  "keeps its records in a variable of the module": ["two storages that were created apart share nothing"],
  "loses what was committed when it is closed": [
    "after opening again lists and look-ups find what they found",
    "opening again and again, with commits in between, loses nothing",
    "every commit that was answered before the process was killed is there, and of the others at most the next",
  ],
  "loses the last commit when it is closed": [
    "after opening again lists and look-ups find what they found",
    "a cursor that was given before is good after opening again",
    "opening again and again, with commits in between, loses nothing",
  ],
  "forgets versions when it is opened again": [
    "every commit that was answered before the process was killed is there, and of the others at most the next",
    "every commit that is there after the process was killed is there whole, in records, look-ups and lists",
    "after the process was killed the storage takes the next commits",
  ],
  "forgets its indexes when it is opened again": [
    "after opening again lists and look-ups find what they found",
    "a cursor that was given before is good after opening again",
    "opening again and again, with commits in between, loses nothing",
  ],
  "forgets unique values when it is opened again": [
    "opening again and again, with commits in between, loses nothing",
    "a version or a unique value that one connection has taken is taken for the other",
    "of those that open the conversation of one pair over two connections exactly one wins",
  ],
  "forgets its cursors when it is opened again": [
    "a cursor that was given before is good after opening again",
    "a cursor of one connection is good for the other",
  ],
  "makes its tables anew when it is opened often": [
    "opening again and again, with commits in between, loses nothing",
  ],
  "applies what conflicted when it is opened again": [
    "what conflicted before closing is not there after opening again",
  ],
  "keeps what it has read": [
    "what one connection commits the other reads at once, also what it had read before",
    "readers of one connection see every commit of the other whole or not at all",
  ],
  "lists from a copy of its own": ["what one connection commits the other lists and looks up at once"],
  "compares versions by what it has in memory": [
    "of 32 that enqueue one task at once exactly one wins, and its record is there",
    "of a put and a removal of one version at once exactly one wins",
    "after closing, commit rejects with storage_failed",
  ],
  "fails when another connection writes": [
    "of writers of one version over two connections exactly one wins",
    "of those that open the conversation of one pair over two connections exactly one wins",
    "those that count together over two connections lose no step",
    "after the process was killed the storage takes the next commits",
  ],
  "closes everybody's connection": [
    "after opening again every record, its version, and what was removed are as they were",
    "after opening again versions and unique values are held as before",
    "opening again and again, with commits in between, loses nothing",
    "closing one connection leaves the other as it was",
  ],
  "answers before anything is on disk": [
    "a version or a unique value that one connection has taken is taken for the other",
    "of those that open the conversation of one pair over two connections exactly one wins",
    "every commit that was answered before the process was killed is there, and of the others at most the next",
  ],
  "writes a commit to disk bit by bit": [
    "when a unique value is taken at any place of a commit, nothing of it is there",
    "commits over the same records, named in every order, all come to an end and none fails",
    "commits over the same records in every order over two connections all come to an end and none fails",
  ],
  "leaves its lock when it is killed": [
    "a version or a unique value that one connection has taken is taken for the other",
    "of those that open the conversation of one pair over two connections exactly one wins",
    "after the process was killed the storage takes the next commits",
  ],
  "finds messages with any of the words": [
    "a search for messages finds those that have every word, in any order",
    "the last word of a search may be the beginning of one, the words before it may not",
    "nothing in a search is an operator",
  ],
  "finds words side by side only": [
    "a search for messages finds those that have every word, in any order",
    "the last word of a search may be the beginning of one, the words before it may not",
    "words that are operators elsewhere are words",
  ],
  "minds case": [
    "a search for messages takes no notice of case, in any script",
    "the last word of a search may be the beginning of one, the words before it may not",
    "words that are operators elsewhere are words",
  ],
  "minds case beyond ASCII": ["a search for messages takes no notice of case, in any script"],
  "takes every word for a beginning": [
    "the last word of a search may be the beginning of one, the words before it may not",
  ],
  "finds whole words only": [
    "the last word of a search may be the beginning of one, the words before it may not",
  ],
  "finds words in the middle of others": [
    "the last word of a search may be the beginning of one, the words before it may not",
    "a search finds no word in the middle of another",
    "nothing in a search is an operator",
  ],
  "searches the whole record": [
    "a search for messages looks at their text and at nothing else",
    "nothing in a search is an operator",
  ],
  "finds everything without a word": [
    "a search without a word finds no messages",
    "a search for contacts with fewer than three characters finds nobody, and nothing in it is an operator",
  ],
  "has stop words": [
    "a search for messages finds those that have every word, in any order",
    "nothing in a search is an operator",
    "words that are operators elsewhere are words",
  ],
  "has operators": ["nothing in a search is an operator"],
  "has wildcards": [
    "nothing in a search is an operator",
    "a search for contacts with fewer than three characters finds nobody, and nothing in it is an operator",
  ],
  "fails on what its query parser does not understand": [
    "nothing in a search is an operator",
    "a search without a word finds no messages",
    "a search for contacts with fewer than three characters finds nobody, and nothing in it is an operator",
  ],
  "ignores the account of a search": [
    "a search for messages is in one account, or in all",
    "a search for contacts is in one account or in all, last activity first, and its pages join to the same",
  ],
  "finds the best first": [
    "a search for messages finds those that have every word, in any order",
    "a search for messages gives the newest first, and its pages join to the same",
    "a search refuses foreign cursors and limits outside of 1 to 1,000 with config_invalid",
  ],
  "finds the oldest first": [
    "a search for messages gives the newest first, and its pages join to the same",
    "a search for messages is in one account, or in all",
    "while messages come and go between the pages of a search, each that is there all along is found exactly once",
  ],
  "pages a search by offset": [
    "while messages come and go between the pages of a search, each that is there all along is found exactly once",
  ],
  "has a cursor on the last page of a search": [
    "a page of a search is no larger than asked for, and has a cursor only when there are more",
  ],
  "takes any cursor for the beginning of a search": [
    "a search refuses foreign cursors and limits outside of 1 to 1,000 with config_invalid",
  ],
  "takes any limit of a search": [
    "a search refuses foreign cursors and limits outside of 1 to 1,000 with config_invalid",
  ],
  "finds parts of records": [
    "a search for messages gives whole records",
    "a search for contacts finds them by digits anywhere in their address, and by the whole address",
  ],
  "indexes texts when a record is created": [
    "a search finds no word in the middle of another",
    "a search for messages looks at their text and at nothing else",
    "a search without a word finds no messages",
  ],
  "finds contacts by the beginning of their address": [
    "a search for contacts finds them by digits anywhere in their address, and by the whole address",
    "a search for contacts is in one account or in all, last activity first, and its pages join to the same",
    "a search for contacts follows every change of their conversations",
  ],
  "finds contacts by one character": [
    "a search for contacts with fewer than three characters finds nobody, and nothing in it is an operator",
  ],
  "finds contacts by our address": [
    "a search for contacts finds them by digits anywhere in their address, and by the whole address",
    "a search for contacts looks at the contact's address and not at ours",
  ],
  "finds contacts by the order of their addresses": [
    "a search for contacts finds them by digits anywhere in their address, and by the whole address",
    "a search for contacts is in one account or in all, last activity first, and its pages join to the same",
    "a search for contacts follows every change of their conversations",
  ],
};
