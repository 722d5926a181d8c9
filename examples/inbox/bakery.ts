import { ruleAssistant } from "@mailtrixy/sms";
import type { Assistant } from "@mailtrixy/sms";

/** The business of this demo, and the people who text it. A host would take both from its own records. */
export const business = { name: "Blue Door Bakery", number: "+15551234567" } as const;

/** A customer; `name` is null for a number that only the phone at the left knows. */
export interface Customer {
  readonly number: string;
  readonly name: string | null;
}

/** Customers to text as. */
export const customers: readonly Customer[] = [
  { number: "+15557654321", name: "Maya Alvarez" },
  { number: "+15558675309", name: "Jonas Weber" },
  { number: "+447700900123", name: "Priya Nair" },
];

/** Answers by rules, so that the demo needs no model and no key. `aiSdkAssistant({ model })` goes in the same place. */
export function bakeryAssistant(): Assistant {
  return ruleAssistant({
    rules: [
      {
        when: ["hours", "open", "close", "closed", "when"],
        reply: "We are open Tuesday to Sunday, 7 am to 5 pm. The first croissants leave the oven at 7:15.",
      },
      {
        when: ["deliver", "delivery"],
        reply:
          "We deliver within 5 miles, free from $30. Order by 4 pm and it is at your door the next morning between 7 and 9. Reply with your address and we will check the route for you.",
      },
      {
        when: ["cake", "birthday"],
        reply:
          "We would love to bake it! Cakes serve 12 and take two days. Which day do you need it, and what should it say?",
      },
      { when: ["merci", "thanks", "thank"], reply: "Avec plaisir, à bientôt ! – Blue Door Bakery 🥐" },
    ],
    otherwise: "Thanks for your text! Someone at the counter will answer in a few minutes.",
  });
}
