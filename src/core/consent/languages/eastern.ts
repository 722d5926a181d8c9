import type { Language } from "../language";

/** Polish. Collected here. KONIEC leaves the matter open. */
export const POLISH: Language = {
  tag: "pl",
  stop: ["WYPISZ", "WYPISZ MNIE", "REZYGNUJE", "WYPISUJE SIE", "REZYGNACJA"],
  maybeStop: ["KONIEC", "ANULUJ", "USUN", "DOSC"],
  help: ["POMOC"],
  courtesies: ["prosze", "dziekuje", "dzieki", "dzien dobry", "witam", "czesc"],
  requests: {
    patterns: [
      "nie pisac|pisz|piszcie|pisze do|mnie|juz* wiecej|juz|mnie|$",
      "nie wysylac|wysylaj|wysylajcie|przysylac|przysylajcie mi|nam? juz? wiecej|zadnych|tych|sms|smsow|wiadomosci|$",
      "przestac|przestan|przestancie do|mnie|mi* wysylac|pisac|przysylac|wysylania|nekac",
      "usunac|usun|usuncie|wykreslic|skasujcie|skasowac|wypisac|wypiszcie|wykreslcie moj|mnie|ten numer|telefon|z|$",
      "mnie wypisac|usunac|wykreslic",
      "nie chce|chcemy|zycze|zgadzam sobie|sie|na|juz|wiecej|otrzymywac|dostawac|tych* wiadomosci|sms|smsow|smsy|reklam",
      "koniec z? smsow|smsami|wiadomosci|wiadomosciami",
      "dajcie|daj mi|nam swiety? spokoj",
    ],
    leadIns: "chce,chcialbym,chcialabym,jak,jak moge,czy moge,mozecie,nie,tak,ale,i,stop",
    openers: "prosze,ale,i",
  },
};

/** Russian. Collected here. */
export const RUSSIAN: Language = {
  tag: "ru",
  stop: ["СТОП", "ОТПИСАТЬСЯ", "ОТПИСКА", "ОТПИСАТЬ", "ОТКАЗАТЬСЯ ОТ РАССЫЛКИ"],
  maybeStop: ["ОТМЕНА", "ХВАТИТ", "КОНЕЦ", "ОТСТАНЬТЕ", "ОТСТАНЬ", "УДАЛИТЬ"],
  courtesies: ["пожалуйста", "спасибо", "здравствуйте", "привет", "добрый день", "плиз"],
  requests: {
    patterns: [
      "больше? не пишите|пиши|звоните|беспокойте|тревожьте мне|меня? больше|сюда|мне|меня|$",
      "не присылайте|шлите|отправляйте|присылай мне|нам? больше|эти|ваши|свои|мне* смс|сообщения|сообщений|рекламу|ничего|спам|$",
      "больше не присылайте|шлите|отправляйте",
      "хватит|прекратите|перестаньте|прекрати|перестань|кончайте мне? писать|присылать|слать|отправлять|звонить|спамить|рассылку|рассылать",
      "удалите|уберите|вычеркните|исключите меня|мой|этот номер|телефон|из|с|$",
      "отпишите|отпиши меня|нас|$",
      "отписаться от|$",
      "не хочу|хотим|желаю больше|получать|ваши|эти|от|вас* смс|сообщения|сообщений|рассылку|рекламу",
      "оставьте меня|нас в покое",
      "отстаньте|отвалите от|$",
    ],
    leadIns: "я хочу,хочу,мы хотим,как,как мне,можно,прошу,я просил,я прошу,нет,да,стоп,но,и,я",
    openers: "пожалуйста,но,и,прошу",
  },
};

/** Greek. Collected here. */
export const GREEK: Language = {
  tag: "el",
  stop: ["ΔΙΑΚΟΠΗ", "ΔΙΑΓΡΑΦΗ ΑΠΟ ΤΗ ΛΙΣΤΑ", "ΣΤΟΠ"],
  maybeStop: ["ΔΙΑΓΡΑΦΗ", "ΑΚΥΡΩΣΗ"],
  courtesies: ["παρακαλω", "ευχαριστω"],
};

/** Turkish. Collected here. RET ("refused") is how texts in Turkey say it; elsewhere it may be anything. */
export const TURKISH: Language = {
  tag: "tr",
  stop: ["DUR", "İPTAL ET", "ABONELİKTEN ÇIK", "LİSTEDEN ÇIK"],
  maybeStop: ["İPTAL", "RET", "DURDUR", "ÇIK"],
  countries: { TR: { stop: ["RET"] } },
  help: ["YARDIM"],
  courtesies: ["lutfen", "tesekkurler", "tesekkur ederim", "merhaba", "sagol"],
  requests: {
    patterns: [
      "bana|bize? artik|daha|fazla|bir? bana? mesaj|sms|mesajlar atmayin|gondermeyin|yollamayin|atma|gonderme|istemiyorum|istemiyoruz|almak",
      "mesaj|sms gondermeyi|atmayi|yollamayi birakin|kesin|durdurun|birak",
      "mesajlari|smsleri durdurun|kesin|durdur|iptal",
      "bana|beni artik? yazmayin|rahatsiz|aramayin",
      "benim? numarami|numaramizi silin|sil|cikarin|cikar|kaldirin",
      "beni|bizi bu? listeden|listenizden|rehberden cikarin|cikar|silin|sil",
      "beni rahat birakin",
      "abonelikten|listeden cikmak|cikar",
    ],
    leadIns: "artik,bir daha,nasil,hayir,evet,ama,stop,dur",
    openers: "lutfen,ama,artik",
  },
};
