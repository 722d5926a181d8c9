import type { Language } from "../language";

/** Chinese, both scripts. Source: TD is on the list of AWS, "Required keywords" (read 2026-11); the rest collected here. */
export const CHINESE: Language = {
  tag: "zh",
  stop: ["退订", "退訂", "TD", "停止", "请退订", "請退訂", "退订谢谢", "退訂謝謝", "退订吧"],
  maybeStop: ["取消", "拒收"],
  courtesies: ["请", "請", "谢谢", "謝謝", "你好", "您好"],
  requests: {
    patterns: [],
    fragments:
      "别再发,不要再发,不要再给我发,别再给我发,不要给我发,别给我发,停止发,停止给我发,取消订阅,取消訂閱,我要退订,怎么退订,如何退订,想退订," +
      "删除我的号码,删掉我的号码,我的号码删,我移出,把我删,不要再骚扰,别再骚扰,不想再收到,不想收到,不要再联系,別再發,不要再發,停止發,我要退訂",
    negations: "不要,别,不想,沒,没",
  },
};

/** Japanese. Collected here. 解約 also ends a contract and leaves the matter open. */
export const JAPANESE: Language = {
  tag: "ja",
  stop: [
    "停止",
    "配信停止",
    "解除",
    "停止してください",
    "配信停止お願いします",
    "配信停止してください",
    "停止お願いします",
    "登録解除",
  ],
  maybeStop: ["解約", "退会", "中止", "やめて", "やめてください"],
  courtesies: ["お願いします", "ありがとう", "ありがとうございます"],
  requests: {
    patterns: [],
    fragments:
      "もう送らないで,送らないでください,メールを送らない,メッセージを送らない,送信しないで,連絡しないで,メッセージを止めて,メールを止めて,配信を止めて," +
      "配信を停止して,送信を停止,登録を解除,配信を解除,リストから外し,リストから削除,番号を削除,番号を消して,受け取りたくない",
  },
};

/** Korean. Collected here. */
export const KOREAN: Language = {
  tag: "ko",
  stop: ["수신거부", "수신 거부", "중지", "무료수신거부", "수신거부 부탁드립니다", "수신거부요"],
  maybeStop: ["취소", "해지", "그만"],
  courtesies: ["부탁드립니다", "감사합니다", "제발", "안녕하세요"],
  requests: {
    patterns: [],
    fragments:
      "문자보내지마,문자그만,그만보내,메시지보내지마,메시지그만,문자하지마,연락하지마,번호삭제,번호지워,번호를삭제,번호를지워,수신거부해,수신거부하,문자받고싶지않",
  },
};

/** Hindi, in Devanagari and in Latin letters. Collected here. */
export const HINDI: Language = {
  tag: "hi",
  stop: ["रोकें", "बंद करें", "रोको", "बंद करो"],
  maybeStop: ["बंद", "band karo", "रद्द करें"],
  courtesies: ["कृपया", "धन्यवाद", "please", "नमस्ते", "kripya"],
  requests: {
    patterns: [
      "मुझे|हमें? मैसेज|संदेश|एसएमएस|मेसेज मत भेजो|भेजिए|भेजें|भेजना|करो|करें",
      "मुझे|हमें? मैसेज|संदेश|एसएमएस|मेसेज भेजना? बंद|रोक",
      "मुझे|हमें? आपके|ये|और? मैसेज|संदेश|एसएमएस नहीं चाहिए",
      "मेरा|मेरे|हमारा नंबर|नाम हटा|हटाओ|हटाएं|निकाल|डिलीट|हटाइए",
      "mujhe|hume? message|msg|messages|sms mat bhejo|bhejiye|bheje|karo|karna",
      "mujhe? message|msg|messages|sms bhejna? band",
      "mera|mere number|naam hata|hatao|nikal|delete|hatado",
      "mujhe message|msg|messages|sms nahi|nahin chahiye",
    ],
    leadIns: "कृपया,मुझे,ab,अब,aur,और,plz,pls,bhai,भाई",
    openers: "कृपया,please,plz",
  },
};
