// A certified OpenID Connect provider, for tests: node op.mjs PORT SITE. Whoever types
// a name that it knows is let in. POST /control/end?sub=NAME ends their session, as an
// operator of the provider would.
import Provider from "oidc-provider";

const [port, site] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const users = {
  nora: { email: "nora@hospital.example", email_verified: true, name: "Nora Nurse", groups: ["willow-nurses", "choir"] },
  olaf: { email: "olaf@hospital.example", email_verified: true, name: "Olaf Outside", groups: ["choir"] },
  mila: { email: "mila@hospital.example", email_verified: false, name: "Mila Unproved", groups: ["willow-nurses"] },
};
const op = new Provider(issuer, {
  clients: [
    {
      client_id: "wardvisit",
      client_secret: "a secret of the tests",
      redirect_uris: [`${site}/ward/sign-in/provider/back`],
      post_logout_redirect_uris: [`${site}/ward/sign-in`],
      backchannel_logout_uri: `${site}/ward/sign-in/provider/logout`,
      backchannel_logout_session_required: true,
    },
  ],
  claims: { openid: ["sub", "sid"], email: ["email", "email_verified"], profile: ["name", "groups"] },
  features: { devInteractions: { enabled: true }, backchannelLogout: { enabled: true } },
  findAccount: (_, id) => (users[id] ? { accountId: id, claims: () => ({ sub: id, ...users[id] }) } : undefined),
  // Its own refuses to call this machine, where the tests are.
  fetch: (url, { dispatcher: _, ...options }) => globalThis.fetch(url, options),
  cookies: { keys: ["of the tests"] },
  pkce: { required: () => true },
});
const sids = new Map();
op.on("authorization.success", (ctx) => sids.set(ctx.oidc.session.accountId, ctx.oidc.session.sidFor("wardvisit")));
op.on("server_error", (_, err) => console.error(err));
op.on("backchannel.error", (_, err) => console.error(err));
op.use(async (ctx, next) => {
  if (ctx.path !== "/control/end") {
    return next();
  }
  const client = await op.Client.find("wardvisit");
  try {
    await client.backchannelLogout(ctx.query.sub, sids.get(ctx.query.sub));
    ctx.body = "ended";
  } catch (err) {
    ctx.status = 502;
    ctx.body = String(err);
  }
});
op.listen(Number(port), "127.0.0.1", () => console.log("ready"));
