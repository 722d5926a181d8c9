import { describe, expect, it } from "vitest";
import { createRouter } from "../../../src/simulator/rest/router";

const route = createRouter([
  { method: "GET", path: "/a/{id}.json", handler: "read" },
  { method: "POST", path: "/a/{id}.json", handler: "change" },
  { method: "GET", path: "/a/{id}/b", handler: "list" },
]);

describe("a routes table", () => {
  it("finds the handler for a method and path, and what stands in the path", () => {
    expect(route("GET", "/a/1.json")).toStrictEqual({ kind: "found", handler: "read", params: { id: "1" } });
    expect(route("POST", "/a/%2B1.json")).toMatchObject({ handler: "change", params: { id: "+1" } });
    expect(route("GET", "/a/x/b")).toMatchObject({ handler: "list" });
  });

  it("tells a wrong method from a path that is not there", () => {
    expect(route("DELETE", "/a/1.json").kind).toBe("wrong-method");
    for (const path of [
      "/a/1",
      "/a/1xjson",
      "/a/.json",
      "/a/1/2.json",
      "/a/1.json/",
      "x/a/1.json",
      "/a/%zz.json",
    ]) {
      expect(route("GET", path).kind).toBe("none");
    }
  });
});
