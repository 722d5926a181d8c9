/** A request to a path that a table knows, taken apart. */
export type RouteMatch<Handler> =
  | { readonly kind: "found"; readonly handler: Handler; readonly params: Readonly<Record<string, string>> }
  /** The path exists, the method does not. */
  | { readonly kind: "wrong-method" }
  | { readonly kind: "none" };

/** One row of a routes table. `{name}` in the path stands for one segment or part of one, without a dot or slash. */
export interface Route<Handler> {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly handler: Handler;
}

/** A routes table made ready. */
export type Router<Handler> = (method: string, path: string) => RouteMatch<Handler>;

function toPattern(path: string): RegExp {
  const source = path.replace(/[.+]/g, "\\$&").replace(/\{(\w+)\}/g, "(?<$1>[^/.]+)");
  return new RegExp(`^${source}$`);
}

function decode(groups: Readonly<Record<string, string>>): Record<string, string> | null {
  const params: Record<string, string> = {};
  for (const [name, value] of Object.entries(groups)) {
    try {
      params[name] = decodeURIComponent(value);
    } catch {
      // A stray percent sign names nothing that exists.
      return null;
    }
  }
  return params;
}

/** Makes a routes table ready. */
export function createRouter<Handler>(routes: readonly Route<Handler>[]): Router<Handler> {
  const compiled = routes.map((route) => ({ ...route, pattern: toPattern(route.path) }));
  return (method, path) => {
    let isKnownPath = false;
    for (const { pattern, handler, ...route } of compiled) {
      const match = pattern.exec(path);
      if (match === null) continue;
      const params = decode(match.groups ?? {});
      if (params === null) return { kind: "none" };
      if (route.method === method) return { kind: "found", handler, params };
      isKnownPath = true;
    }
    return isKnownPath ? { kind: "wrong-method" } : { kind: "none" };
  };
}
