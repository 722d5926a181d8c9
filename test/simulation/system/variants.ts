import type { Variant } from "./variant";
import { VARIANTS_OF_CONSENT } from "./variants-of-consent";
import { VARIANTS_OF_DELIVERY } from "./variants-of-delivery";

/** Versions of the library that the simulation must tell from the real one. */
export const VARIANTS: readonly Variant[] = [...VARIANTS_OF_CONSENT, ...VARIANTS_OF_DELIVERY];
