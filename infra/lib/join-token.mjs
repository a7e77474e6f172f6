// Prints a one-time token with which one new agent joins the cloud.
import { Cloud, run } from "./cloud.mjs";

run(async ([data]) => {
  const admin = await Cloud.login(data, "admin");
  console.log((await admin.call("POST", "/hosts/v1/join-tokens", {})).token);
});
