import type { Entity } from "../../../core/model/record";
import type { Page, SearchQuery } from "../../../ports/storage";
import { retryWhileBusy } from "./busy";
import { contactSearch } from "./search-contacts";
import type { SearchIndexing } from "./search-indexing";
import { messageSearch, type SearchSources } from "./search-messages";

/** Makes the search of a database. What other writers left out of the index is added first when it is much. */
export function sqliteSearch({
  indexing,
  ...sources
}: SearchSources & { readonly indexing: SearchIndexing }): (query: SearchQuery) => Promise<Page<Entity>> {
  const inMessages = messageSearch(sources);
  const inContacts = contactSearch(sources);
  return async (query) => {
    while (await retryWhileBusy(() => indexing.isBehind())) {
      await retryWhileBusy(() => indexing.addBatch());
      await turn();
    }
    return retryWhileBusy(() =>
      // The name of a search says which of the two it is.
      query.in === "contacts"
        ? inContacts(query as SearchQuery<"contacts">)
        : inMessages(query as SearchQuery<"messages">),
    );
  };
}

/** Lets everything else in the process have its turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
