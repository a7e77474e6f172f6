// Writes clouds.yaml: `pipeline` is user demo, `pipeline-admin` the operator.
import { writeFileSync } from "node:fs";
import { passwords } from "./cloud.mjs";

const [data, url] = process.argv.slice(2);
const known = passwords(data);
const cloud = (name, user) => `  ${name}:
    auth:
      auth_url: ${url}
      username: ${user}
      password: ${known[user]}
      project_name: ${user}
      user_domain_id: default
      project_domain_id: default
    region_name: RegionOne
    identity_api_version: 3
`;
writeFileSync(`${data}/clouds.yaml`, `clouds:\n${cloud("pipeline", "demo")}${cloud("pipeline-admin", "admin")}`);
