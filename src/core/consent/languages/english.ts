import type { Language } from "../language";

/** What the texts are called, and what stands between a verb and that name. */
const TEXTS =
  "texts|text|texting|messages|message|messaging|sms|mms|spam|alerts|notifications|promos|promotions|ads|communication|communications|contact";
const THE =
  "all|of|the|these|those|your|this|my|any|more|further|future|other|with|text|sms|marketing|promotional|spam|stupid|annoying";
const TEXTING =
  "texting|messaging|contacting|bothering|harassing|spamming|calling|annoying|bugging|pestering|hounding|soliciting";
const LATER =
  "! until|till|til|yet|back ! before|after|at|by|past #|noon|midnight|work|school|dark|dinner|lunch|bedtime|night";

/**
 * English, which is always read. The keywords that Twilio acts on are in `keywords.ts`; here is what people write
 * besides.
 * Source: "opt out" is valid by itself under 47 CFR 64.1200(a)(10) (in force since 2025-04-11); REMOVE is on the list
 * of AWS, "Required keywords", for the US and Canada (both read 2026-11); the rest is this project's own collection,
 * measured in docs/replies.md.
 */
export const ENGLISH: Language = {
  tag: "en",
  stop: [
    "STOP",
    "STOPALL",
    "UNSUBSCRIBE",
    "REVOKE",
    "OPTOUT",
    "OPT OUT",
    "STOP ALL",
    "STOP2END",
    "STOP TO END",
    "STOP 2 END",
    "UN SUBSCRIBE",
  ],
  everyday: ["CANCEL", "END", "QUIT"],
  maybeStop: ["REMOVE"],
  misspelled: ["STPO", "SOTP", "TSOP", "STP", "STOPP", "STTOP", "SSTOP", "STOPO", "STIP", "DTOP"],
  countries: { US: { stop: ["REMOVE"] }, CA: { stop: ["REMOVE"] } },
  courtesies: (
    "please,pls,plz,plse,plese,pleas,kindly,thanks,thank,thankyou,thx,tks,ty,tyvm,hi,hello,hey,ok,okay,now," +
    "immediately,asap,sir,madam,maam,thank you,thank u,so much,very much,right now,at once"
  ).split(","),
  requests: {
    patterns: [
      "stop|stopall|unsubscribe|unsub|optout|revoke|discontinue $",
      "opt out $",
      "stop it|this|that|these|them already|now? $",
      "stop already|#|many|two|three|multiple|several|times|twice|before|again* $",
      "stop|unsubscribe wrong number|person",
      "stop|unsubscribe i|you|we never|dont|didnt|keep",
      "stop its|ive",
      "opt out but|because|since|as|immediately|i|im|it",
      "unsubscribe but|because|since|i|im|it|everything",
      "cease|desist and|$",
      "cut it out",
      "knock it off",
      `refrain|desist from ${TEXTING}`,
      "make it|this|these|them|the|texts|messages* stop",
      "want|need|like|love this|these|it|them|the|all|your|texts|messages* to stop|end $",
      "this|these|the|your|all* texts|messages|this|it needs|need|must|has|have to? stop|end",
      "off of? your|the|this list $",
      "unenroll|disenroll me|us|my|this|from|$",
      "cancel me $",
      `get|be off|from|out of? your|this|the text|texting|sms|mailing|contact|marketing* list|lists`,
      `no more of|from this|these|you|your`,
      `stop|quit|cease|discontinue ${TEXTING}|and|or* ${TEXTING} me|us|my|this|anymore|again|$`,
      "stop|quit|cease sending me|us|these|those|this|them|text|texts|messages|sms|spam|stuff|anything|your|reminders|promos|ads|alerts|notifications|coupons|deals|offers|$",
      `stop ${THE}* ${TEXTS}|reminders|updates`,
      `end|cancel|cease|discontinue|terminate ${THE}* ${TEXTS}`,
      `cancel|end|stop my subscription to|for ${THE}* ${TEXTS}`,
      `turn|shut|switch off ${THE}* ${TEXTS}`,
      `turn|shut|switch ${THE}* ${TEXTS} off`,
      `stop|quit receiving|getting ${THE}* ${TEXTS}|them|these|this`,
      "stop|quit blowing|lighting|hitting|hittin up? my|me",
      `enough of|with ${THE}* ${TEXTS}`,
      `stop it with|already ${THE}* ${TEXTS}`,
      `dont consent|agree to ${THE}|receive|receiving|get|getting* ${TEXTS}`,
      "dont want them|these $",
      "remove|delete|take from|off the|your* list $",
      "on the|a|your* dont call|text|contact list",
      "take|remove|get|pull|scrub|delete|keep me|us|my|this number|phone|name|cell|info|contact? off|from|out of? your|the|this|that|all|any|these|text|texting|message|messaging|sms|mailing|contact|call|calling|marketing|future|further|distribution|subscriber* list|lists|sheet|system|database|records|contacts|texts|messages|communications",
      "take|remove|get me|us off|from of? this|these|here|it? $",
      "remove|delete|block me|us|number|$ $",
      "remove|delete|erase|lose|scrub|forget|block my|this|our phone|cell|mobile|contact* number|numbers|digits|info|contact",
      "take my|this phone|cell|mobile* number|name off|out",
      "be|get|have|getting|being me|us|my|number* removed|taken|deleted|unsubscribed off|from|out? of? your|the|this|that|all|any|these|text|texting|sms|mailing|contact|marketing* list|lists|system|database|texts|messages|$",
      "want|wanna off|out of|from? your|the|this|that|these|text|mailing* list|lists|texts|$",
      "put|add me|us|my|this|number* on|to|in your|the|a* dont text|call|contact|message|sms",
      `no|zero more|further|additional ${THE}* ${TEXTS} ! came|come|in|yet|left|than|since|after|until|till`,
      "no more|marketing|spam|texting|texts|text|sms $",
      "leave me|us alone",
      "go away $",
      "get lost $",
      "fuck|f|piss off $",
      "unsubscribe me|us|from|this|my ! son|daughter|kid|child|wife|husband",
      "un subscribe me|us|from|this|my|$",
      "opt me|us out",
      "opt my|this number|phone out",
      `opt out of|from ${THE}|receiving|getting* ${TEXTS}|list|this|these`,
      "i|we? already|have|did|had|ive* unsubscribed|opted out? already|before|twice|again|#|two|three|four|five|many|multiple|several|times* $",
      `dont|never|not ever? text|message|contact|sms|spam me|us|my|this|it|here|again|anymore|$ ${LATER}`,
      `dont|never ever? bother me|us|again|anymore ${LATER}`,
      `dont|never|not ever? call|text|message and|or text|call|message|contact|email me|us|my|this|it|here|again|anymore|$ ${LATER}`,
      `dont|never|not ever? send me|us? any|more|anymore|further|these|those|this|your|text|sms|spam* texts|text|messages|message|sms|anything|spam|stuff ${LATER}`,
      `dont want|need|wish to? get|receive|be|${THE}* ${TEXTS}|reminders|texted|contacted|messaged`,
      "dont want|wish to get|receive|see these|this|them|any|anything anymore|again|$",
      "dont want|wish to hear from",
      `would? prefer|rather not to? receive|get|be ${THE}* ${TEXTS}|texted|contacted|messaged`,
      `no longer want|wish|need to? get|receive|be|${THE}* ${TEXTS}|texted|contacted|messaged`,
      `want|need no more ${THE}* ${TEXTS}`,
      "hereby? revoke|withdraw my|all|any* consent|permission|authorization",
      "you dont have my|our consent|permission|authorization $",
      "you dont have my|our consent|permission|authorization to text|message|contact|call|send",
    ],
    leadIns:
      "no|yes|just|again|seriously|sorry|well|so|and|but|guys|also|then|ugh|omg|dude|bro|man|wow|ffs|stop|quit|enough|you|i|we," +
      "wrong number|person,you have the wrong number,im? no|not longer? interested,no thanks|thank you?,for the last time,once again," +
      "can|could|would|will you|yall guys?,whats|what the|is* way to,youve|you have? been told|asked to,yall need|have|must to?,how many times do|must i have|need to? ask|tell|say you? to,i? would|id appreciate|like|love it? if you|youd could|would?," +
      "you guys? can|must|should,you guys? need|have to," +
      "i|we|id|wed|im|ive have|would|am|already* want|need|like|asked|told|asking|begging you guys? to?,i|we keep|already* said|say|saying to?," +
      "i|we|id|wed|im? would|am* want|need|have|like|wish|trying to,i|we? wanna," +
      "how do|can|could? i|we|to,can|could|may i|we,let me,is there a way to",
    openers: "please,and,but,so,just",
    // A word that stands for nothing is left out.
    shortForms:
      "u you,ya you,ur your,pls please,plz please,plse please,plese please,pleas please,txt text,txts texts,txting texting,txtn texting,txtin texting," +
      "textin texting,texing texting,textng texting,textting texting,msg message,msgs messages,msging messaging," +
      "mesages messages,messges messages,mesage message,donot dont,dnt dont,stpo stop,sotp stop,stp stop,stopp stop,stap stop," +
      "unsubcribe unsubscribe,unsuscribe unsubscribe,unsubscibe unsubscribe,unsubscrib unsubscribe,unscribe unsubscribe," +
      "tak take,remov remove,delet delete,frm from,fucking,fuckin,freaking,damn,effing,bloody",
  },
};
