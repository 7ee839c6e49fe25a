// What an administrator's script does at Microsoft, with Microsoft's own SDK and
// nothing changed but the host. Run by internal/graph/sdk_test.go.
import assert from "node:assert/strict";
import { ClientSecretCredential } from "@azure/identity";
import { BatchRequestContent, BatchResponseContent, Client, GraphError, PageIterator } from "@microsoft/microsoft-graph-client";
import { TokenCredentialAuthenticationProvider } from "@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials/index.js";

const { SERVER, TENANT, CLIENT_ID, CLIENT_SECRET } = process.env;
const domain = "lindeboom.example";

const credential = new ClientSecretCredential(TENANT, CLIENT_ID, CLIENT_SECRET, {
  authorityHost: SERVER,
  disableInstanceDiscovery: true,
});
const client = Client.initWithMiddleware({
  authProvider: new TokenCredentialAuthenticationProvider(credential, { scopes: ["https://graph.microsoft.com/.default"] }),
  baseUrl: SERVER + "/",
  customHosts: new Set([new URL(SERVER).hostname]),
});

const step = async (name, work) => {
  await work();
  console.log("ok " + name);
};

// refused runs a request that has to fail, and gives its error.
const refused = async (work, status, code) => {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof GraphError, String(error));
    assert.equal(error.statusCode, status, error.message);
    assert.equal(error.code, code);
    return error;
  }
  return assert.fail("was not refused");
};

// changes follows a round of delta to its end.
const changes = async (from) => {
  const found = new Map();
  for (let page = await client.api(from).get(); ; page = await client.api(page["@odata.nextLink"]).get()) {
    for (const user of page.value) found.set(user.id, user);
    if (page["@odata.deltaLink"]) return [found, page["@odata.deltaLink"]];
  }
};

let people, link, sku;
const made = {};

await step("lists everybody, page by page", async () => {
  const first = await client.api("/users").header("ConsistencyLevel", "eventual").count(true).top(9).select("id,displayName").get();
  people = first["@odata.count"];
  const ids = new Set();
  await new PageIterator(client, first, (user) => Boolean(ids.add(user.id))).iterate();
  assert.equal(ids.size, people);
  assert.equal(Number(await client.api("/users/$count").header("ConsistencyLevel", "eventual").get()), people);
});

await step("begins to follow changes", async () => {
  const [all, next] = await changes("/users/delta?$select=displayName,jobTitle");
  assert.equal(all.size, people);
  link = next;
});

await step("filters and searches", async () => {
  const byMail = await client.api("/users").filter(`mail eq 'anna.devries@${domain}'`).select("id").get();
  assert.equal(byMail.value.length, 1);
  const found = await client.api("/users").header("ConsistencyLevel", "eventual").search('"displayName:Vries"').get();
  assert.ok(found.value.some((user) => user.id === byMail.value[0].id));
  const anna = await client.api(`/users/anna.devries@${domain}`).expand("manager($select=displayName,userPrincipalName,id,mail)").get();
  assert.equal(anna.manager.userPrincipalName, `bram.jansen@${domain}`);
});

await step("creates somebody", async () => {
  Object.assign(made, await client.api("/users").post({
    accountEnabled: true,
    displayName: "Sofie Skript",
    mailNickname: "sofie",
    userPrincipalName: `sofie@${domain}`,
    usageLocation: "NL",
    passwordProfile: { forceChangePasswordNextSignIn: true, password: "Een-Goed-Geheim-1" },
  }));
  assert.equal(made.displayName, "Sofie Skript");
  await client.api(`/users/${made.id}`).patch({ jobTitle: "Docent", mobilePhone: null });
  assert.equal((await client.api(`/users/${made.id}`).get()).jobTitle, "Docent");
  await client.api(`/users/${made.id}/manager/$ref`).put({ "@odata.id": `https://graph.microsoft.com/v1.0/users/${(await client.api(`/users/bram.jansen@${domain}`).get()).id}` });
});

await step("gives her a licence", async () => {
  const skus = await client.api("/subscribedSkus").get();
  sku = skus.value.find((s) => s.skuPartNumber === "ENTERPRISEPACK");
  await client.api(`/users/${made.id}/assignLicense`).post({ addLicenses: [{ skuId: sku.skuId, disabledPlans: [] }], removeLicenses: [] });
  const held = await client.api(`/users/${made.id}/licenseDetails`).get();
  assert.equal(held.value[0].skuId, sku.skuId);
  const after = await client.api(`/subscribedSkus/${sku.id}`).get();
  assert.equal(after.consumedUnits, sku.consumedUnits + 1);
});

await step("deletes her and finds her among the deleted", async () => {
  await client.api(`/users/${made.id}`).delete();
  await refused(() => client.api(`/users/${made.id}`).get(), 404, "Request_ResourceNotFound");
  const gone = await client.api("/directory/deletedItems/microsoft.graph.user").select("id,userPrincipalName,deletedDateTime").get();
  const her = gone.value.find((user) => user.id === made.id);
  assert.equal(her.userPrincipalName, `${made.id.replaceAll("-", "")}sofie@${domain}`);
  assert.ok(Date.parse(her.deletedDateTime));
  await refused(() => client.api("/directory/deletedItems").get(), 400, "Request_UnsupportedQuery");
  assert.equal((await client.api(`/subscribedSkus/${sku.id}`).get()).consumedUnits, sku.consumedUnits);
});

await step("restores her past a conflict", async () => {
  const other = await client.api("/users").post({
    accountEnabled: true, displayName: "Sofie Tweede", mailNickname: "sofie2", userPrincipalName: `sofie@${domain}`,
    passwordProfile: { password: "Een-Goed-Geheim-2" },
  });
  const error = await refused(() => client.api(`/directory/deletedItems/${made.id}/restore`).post({}), 400, "Request_BadRequest");
  assert.match(error.message, /Another object with the same value for property userPrincipalName already exists\./);
  const back = await client.api(`/directory/deletedItems/${made.id}/restore`).post({ newUserPrincipalName: `sofie.skript@${domain}`, autoReconcileProxyConflict: true });
  assert.equal(back.userPrincipalName, `sofie.skript@${domain}`);
  assert.equal((await client.api(`/users/${made.id}/licenseDetails`).get()).value.length, 1);
  await client.api(`/users/${other.id}`).delete();
  await client.api(`/directory/deletedItems/${other.id}`).delete();
});

await step("purges her", async () => {
  await client.api(`/users/${made.id}`).delete();
  await client.api(`/directory/deletedItems/${made.id}`).delete();
  await refused(() => client.api(`/directory/deletedItems/${made.id}`).get(), 404, "Request_ResourceNotFound");
});

await step("sends a batch of twenty that wait for each other", async () => {
  const content = new BatchRequestContent();
  for (let i = 1; i <= 20; i++) {
    const request = i === 1
      ? new Request(`${SERVER}/users`, {
          method: "POST", headers: { "Content-Type": "application/json" },
          body: JSON.stringify({
            accountEnabled: true, displayName: "Bas Batch", mailNickname: "bas", userPrincipalName: `bas@${domain}`, passwordProfile: { password: "Een-Goed-Geheim-3" },
          }),
        })
      : new Request(i === 20 ? `${SERVER}/users/bas@${domain}` : `${SERVER}/users/bas@${domain}?$select=id`, { method: i === 20 ? "DELETE" : "GET" });
    content.addRequest({ id: String(i), request });
    if (i > 1) content.addDependency(String(i), String(i - 1));
  }
  const responses = new BatchResponseContent(await client.api("/$batch").post(await content.getContent()));
  const codes = Array.from({ length: 20 }, (_, i) => responses.getResponseById(String(i + 1)).status);
  assert.deepEqual(codes, [201, ...Array(18).fill(200), 204]);
});

await step("puts a file in a drive and shares it", async () => {
  const root = `/users/anna.devries@${domain}/drive/root`;
  const file = await client.api(`${root}:/map/sdk.txt:/content`).header("Content-Type", "text/plain").put("uit de SDK");
  const shared = await client.api(`/drives/${file.parentReference.driveId}/items/${file.id}/invite`).post({
    recipients: [{ email: `bram.jansen@${domain}` }], roles: ["read"], requireSignIn: true, sendInvitation: false,
  });
  const item = `/drives/${file.parentReference.driveId}/items/${file.id}`;
  assert.equal((await client.api(`${item}/permissions`).get()).value.length, 2);
  await client.api(`${item}/permissions/${shared.value[0].id}`).delete();
  await refused(() => client.api(`${item}/permissions/${shared.value[0].id}`).get(), 404, "itemNotFound");
  assert.equal(await new Response(await client.api(`${item}/content`).getStream()).text(), "uit de SDK");
});

await step("answers in her absence and sends in her name", async () => {
  const her = `/users/anna.devries@${domain}`;
  const settings = await client.api(`${her}/mailboxSettings`).patch({ automaticRepliesSetting: { status: "alwaysEnabled", externalAudience: "none", internalReplyMessage: "Weg" } });
  assert.equal(settings.automaticRepliesSetting.internalReplyMessage, "Weg");
  await client.api(`${her}/sendMail`).post({ message: { subject: "SDK", body: { contentType: "Text", content: "Dag" }, toRecipients: [{ emailAddress: { address: `bram.jansen@${domain}` } }] } });
  const found = await client.api(`/users/bram.jansen@${domain}/mailFolders/inbox/messages`).filter("subject eq 'SDK'").get();
  assert.equal(found.value.length, 1);
  assert.equal((await client.api(`${her}/revokeSignInSessions`).post({})).value, true);
});

await step("sees what changed", async () => {
  await client.api(`/users/mila.kok@${domain}`).patch({ jobTitle: "Docent" });
  await client.api(`/users/anna.devries@${domain}`).delete();
  const [found] = await changes(link);
  const reasons = [...found.values()].map((user) => user["@removed"]?.reason ?? user.jobTitle).sort();
  // Anna and Bas can come back, the two Sofies can't, Mila changed.
  assert.deepEqual(reasons, ["Docent", "changed", "changed", "deleted", "deleted"]);
});
