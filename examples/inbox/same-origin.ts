import type { NextFunction, Request, RequestHandler, Response } from "express";

const READS = new Set(["GET", "HEAD"]);

/**
 * Lets only this page use the API. Three doors are shut:
 * - another site's name that was made to point at this machine (DNS rebinding): the Host must be ours;
 * - another site's form or script: Origin, where a browser sends one, must be ours, and changes must come as JSON, which a
 *   form cannot send and a script of another origin may not without asking.
 * A real host also asks who is signed in.
 */
export function sameOriginOnly(port: number): RequestHandler {
  const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`]);
  return (request: Request, response: Response, next: NextFunction) => {
    const { host, origin } = request.headers;
    if (host === undefined || !hosts.has(host)) {
      refuse(response, 421, "This server answers for 127.0.0.1 and localhost only.");
      return;
    }
    if (origin !== undefined && origin !== `http://${host}`) {
      refuse(response, 403, "This API is for its own page only.");
      return;
    }
    if (!READS.has(request.method) && request.is("application/json") !== "application/json") {
      refuse(response, 415, "Changes are sent as application/json.");
      return;
    }
    next();
  };
}

function refuse(response: Response, status: number, message: string): void {
  response.status(status).json({ error: { code: "refused", message } });
}
