import twilio from "twilio";

/** Twilio's own client, told only that Twilio is elsewhere. */
export function officialClient(baseUrl: string, username: string, password: string, accountSid = username) {
  const httpClient = new twilio.RequestClient();
  const request = httpClient.request.bind(httpClient);
  httpClient.request = (options) =>
    request({ ...options, uri: options.uri.replace("https://api.twilio.com", baseUrl) });
  return twilio(username, password, { httpClient, accountSid });
}
