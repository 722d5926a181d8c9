let segmenter: Intl.Segmenter | null | undefined;

/**
 * Where the grapheme starts that a cut of `text` at `cut` would break; `cut` itself where it breaks none. `text` must start at the
 * start of a grapheme and only needs to reach two code units beyond the cut. On a runtime without `Intl.Segmenter`: `cut`.
 *
 * Source: Unicode Standard Annex #29, extended grapheme clusters.
 */
export function graphemeStart(text: string, cut: number): number {
  segmenter ??= typeof Intl.Segmenter === "function" ? new Intl.Segmenter() : null;
  return segmenter?.segment(text.slice(0, cut + 2)).containing(cut)?.index ?? cut;
}
