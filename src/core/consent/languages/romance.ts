import type { Language } from "../language";

/** French. Source: Twilio docs, "Proxy opt-out" (ARRET, ARRETE, ARRETT; read 2026-11); the rest collected here. */
export const FRENCH: Language = {
  tag: "fr",
  stop: [
    "ARRET",
    "ARRETE",
    "ARRETT",
    "ARRETER",
    "ARRETEZ",
    "DESABONNER",
    "DESABONNEMENT",
    "DESINSCRIRE",
    "DESINSCRIPTION",
    "ME DESABONNER",
    "SE DESABONNER",
    "ME DESINSCRIRE",
  ],
  maybeStop: ["ANNULER", "FIN", "SUPPRIMER", "RESILIER"],
  help: ["AIDE"],
  courtesies: [
    "svp",
    "stp",
    "merci",
    "bonjour",
    "bonsoir",
    "salut",
    "s'il vous plait",
    "s'il te plait",
    "merci beaucoup",
    "merci d'avance",
  ],
  requests: {
    patterns: [
      "arretez|arrete|cessez|arreter de|d? me? menvoyer|mecrire|envoyer|contacter|harceler|sms|messages|textos|$",
      "arretez|arrete|arreter|darreter|cessez|stop les|vos|ces|tous|aux|de|des* sms|messages|textos|envois|notifications|pubs|publicites",
      "ne me|menvoyez|mecrivez|menvoie|mecris|menvoyer|mecrire|contactez|contacter|envoyez|envoyer* plus|pas de|d|aucun|vos|ces|les|autres* sms|messages|message|textos|texto|pubs|rien|$",
      "ne plus|pas me? menvoyer|mecrire|contacter|recevoir|envoyer de|d|vos|ces|les|des|aucun|autres* sms|messages|textos|pubs|rien|$",
      "je ne? veux|souhaite|desire plus|pas recevoir|avoir|etre|de|vos|ces|les|aucun|des* sms|messages|textos|contacte|contactee|notifications",
      "me|nous? desabonner|desinscrire|desabonnez|desinscrivez|desinscris|desabonne moi|nous|svp|$",
      "retirez|enlevez|supprimez|otez|effacez|retire|enleve|supprime|retirer|supprimer|enlever moi|nous|mon|mes|ce numero|nom|coordonnees|de|$",
      "plus|aucun de? sms|messages|textos|pubs ! pour|quand",
      "laissez|laisse moi|nous tranquille",
    ],
    leadIns:
      "je veux,je voudrais,je souhaite,j'aimerais,comment,pouvez vous,veuillez,merci de,merci d,bonjour,non,oui,stop,mais,et",
    openers: "svp,merci,et,mais,de",
  },
};

/** Spanish. Collected here. BAJA and CANCELAR also have everyday meanings and leave the matter open. */
export const SPANISH: Language = {
  tag: "es",
  stop: [
    "PARAR",
    "ALTO",
    "DETENER",
    "DARME DE BAJA",
    "DAR DE BAJA",
    "DARSE DE BAJA",
    "DESUSCRIBIR",
    "DESUSCRIBIRME",
    "DESUSCRIBIRSE",
    "NO MAS MENSAJES",
    "NO MAS SMS",
  ],
  maybeStop: ["BAJA", "CANCELAR", "BASTA", "NO MAS", "REMOVER", "FIN"],
  help: ["AYUDA"],
  courtesies: [
    "por favor",
    "porfavor",
    "porfa",
    "gracias",
    "muchas gracias",
    "hola",
    "buenos dias",
    "buenas tardes",
    "ya",
  ],
  requests: {
    patterns: [
      "no me|nos? manden|mande|mandes|envien|envie|envies|escriban|escriba|escribas|contacten|contacte|molesten|texteen mas|mensajes|mensaje|sms|textos|nada|a|este|numero|$",
      "dejen|deja|deje|dejar|paren|pare|para de mandarme|enviarme|escribirme|mandar|enviar|molestar|molestarme|escribir|contactarme",
      "denme|deme|dame|darme|darnos de baja",
      "quitenme|quiteme|quitame|saquenme|saqueme|sacame|eliminenme|elimineme|borrenme|borreme|borrame|remuevanme|remuevame de|$",
      "quiten|quite|quitar|saquen|eliminen|elimine|elimina|eliminar|borren|borre|borra|borrar|remuevan mi|este numero|nombre|telefono",
      "no quiero|deseo que me escriban|manden|envien|contacten",
      "basta de mensajes|sms|textos",
      "no deseo|quiero|queremos|deseamos mas|recibir|que|me* mas|sus|estos|los|recibir|manden* mensajes|mensaje|sms|textos|notificaciones",
      "desuscribirme|desuscribanme|desuscribeme|desuscribame",
      "dejenme|dejeme|dejame en paz|tranquilo|tranquila",
      "no mas mensajes|sms|textos",
    ],
    leadIns:
      "quiero,quisiera,quiero que,necesito,como,como me,me,pueden,puede,puedes,podrian,les pido que,favor de,ya,yo,no,si,pero,y,stop",
    openers: "favor,pero,y,ya",
  },
};

/** Portuguese. Collected here. CANCELAR and REMOVER leave the matter open. */
export const PORTUGUESE: Language = {
  tag: "pt",
  stop: ["PARAR", "SAIR", "DESCADASTRAR", "DESCADASTRE", "DESINSCREVER"],
  maybeStop: ["CANCELAR", "REMOVER", "CHEGA", "PARE", "FIM"],
  help: ["AJUDA"],
  courtesies: ["por favor", "pfv", "pf", "obrigado", "obrigada", "ola", "oi", "bom dia", "boa tarde"],
  requests: {
    patterns: [
      "pare|parem|parar de me? mandar|enviar|mandarem|enviarem|incomodar|escrever me? mais? mensagem|mensagens|msg|sms|torpedo|isso|$",
      "pare|parem com isso|as|os|essas mensagens?",
      "nao me? mande|mandem|mandar|enviar|envie|enviem|escreva|escrevam|contate|contatem|perturbe mais|mensagem|mensagens|msg|msgs|sms|nada|$",
      "nao quero|queremos|desejo mais? receber|mais|suas|essas|estas|ter* mensagem|mensagens|msg|sms|torpedos|notificacoes",
      "cancelar|cancelem|cancele as|essas|estas|os|esses|o|a? mensagem|mensagens|sms|envio|notificacoes",
      "me tira|tire|tirem|remova|remove|removam|exclua|excluam dessa|desta|da|de|do|$",
      "tira|tire|tirem|remova|removam|exclua|excluam|apague|apaguem|remover o? meu|este|esse numero|nome|telefone|contato",
      "tirem|remova|removam|tire me",
      "me? descadastre|descadastrem|descadastrar|descadastra",
      "me deixa|deixe|deixem em paz",
      "chega de mensagem|mensagens|sms",
    ],
    leadIns:
      "quero,eu quero,gostaria de,preciso,como,como faco para,podem,pode,voces podem,ja pedi para,ja falei,stop,nao,sim,mas,e",
    openers: "favor,mas,e",
  },
};

/** Italian. Collected here. CANCELLA and BASTA leave the matter open. */
export const ITALIAN: Language = {
  tag: "it",
  stop: ["FERMA", "FERMARE", "DISISCRIVI", "DISISCRIVIMI", "DISISCRIVERE", "DISISCRIVERMI", "DISISCRIZIONE"],
  maybeStop: ["CANCELLA", "CANCELLAMI", "ANNULLA", "BASTA", "FINE"],
  help: ["AIUTO"],
  courtesies: [
    "per favore",
    "per piacere",
    "grazie",
    "grazie mille",
    "ciao",
    "salve",
    "buongiorno",
    "buonasera",
    "perfavore",
  ],
  requests: {
    patterns: [
      "non mi? mandatemi|inviatemi|scrivetemi|mandarmi|inviarmi|scrivermi|mandate|inviate|scrivete|contattatemi|contattate piu|altri|altro|sms|messaggi|$",
      "smettete|smettetela|smettila|smetti|finitela|smetta di mandarmi|inviarmi|scrivermi|mandare|inviare|contattarmi|disturbarmi",
      "non voglio|vogliamo|desidero piu|ricevere|i|vostri|questi|altri|avere* messaggi|messaggio|sms|comunicazioni",
      "cancellatemi|cancellami|toglietemi|toglimi|rimuovetemi|rimuovimi|eliminatemi|levatemi da|dai|dal|dalla|dalle|$",
      "cancellate|cancella|togliete|rimuovete|rimuovi|eliminate il? mio|questo numero|nome|contatto",
      "disiscrivermi|disiscrivetemi|disiscrivimi|cancellarmi",
      "basta con? i|questi|gli|sti? messaggi|sms|pubblicita",
      "lasciatemi|lasciami in pace|stare",
    ],
    leadIns: "vorrei,voglio,come faccio a,come posso,posso,potete,dovete,si prega di,no,si,stop,ma,e,io",
    openers: "favore,ma,e",
  },
};
