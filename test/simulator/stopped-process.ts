import { createServer } from "node:http";
import { once } from "node:events";
import { createSimulator } from "../../src/simulator";

/** A process that runs the simulator on the real clock, stops it in the middle of everything, and must then end by itself. */
const silentHost = createServer(() => undefined);
silentHost.listen(0, "127.0.0.1");
await once(silentHost, "listening");
const address = silentHost.address();
const port = typeof address === "object" && address !== null ? address.port : 0;
const simulator = createSimulator({
  numbers: [{ phoneNumber: "+15551234567", smsUrl: `http://127.0.0.1:${port}/sms` }],
});
await simulator.start();
const credentials = btoa("AC0123456789abcdef0123456789abcdef:f1e2d3c4b5a69788796a5b4c3d2e1f00");
await fetch(`${simulator.url}/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages.json`, {
  method: "POST",
  headers: { authorization: `Basic ${credentials}` },
  body: new URLSearchParams({ To: "+15557654321", From: "+15551234567", Body: "Hi" }),
});
const arrived = once(silentHost, "request");
const text = simulator.phone("+15557654321").text("+15551234567", "Hi");
await arrived;
await simulator.stop();
await text;
silentHost.close();
process.stdout.write("stopped\n");
