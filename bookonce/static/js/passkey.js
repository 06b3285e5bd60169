// Passkeys: a form marked data-passkey ("get" or "create") is shown where the browser knows them. Pressed, it asks
// `data-begin` for a challenge, lets the browser answer it, and is sent with the answer as an ordinary form.

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const listed = (keys) => (keys || []).map((key) => ({ ...key, id: bytes(key.id) }));

async function ask(kind, options) {
  const publicKey = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) };
  if (kind === "get") {
    publicKey.allowCredentials = listed(publicKey.allowCredentials);
    return navigator.credentials.get({ publicKey });
  }
  publicKey.user = { ...publicKey.user, id: bytes(publicKey.user.id) };
  publicKey.excludeCredentials = listed(publicKey.excludeCredentials);
  return navigator.credentials.create({ publicKey });
}

function written(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  const id = text(credential.rawId);
  return JSON.stringify({ id, rawId: id, type: credential.type, response, clientExtensionResults: {} });
}

async function answer(form) {
  const token = form.elements.csrfmiddlewaretoken.value;
  const begun = await fetch(form.dataset.begin, { method: "POST", headers: { "X-CSRFToken": token } });
  if (begun.redirected || begun.status === 401) return location.reload();
  const options = await begun.json();
  if (!begun.ok) throw new Error(options.sentence);
  form.elements.credential.value = written(await ask(form.dataset.passkey, options));
  form.submit();
}

function begin(form) {
  const words = form.querySelector("[data-words]");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    words.textContent = "";
    form.setAttribute("aria-busy", "true");
    try {
      await answer(form);
    } catch (refused) {
      words.textContent = refused instanceof DOMException ? form.dataset.refused : refused.message;
    } finally {
      form.removeAttribute("aria-busy");
    }
  });
}

if (window.PublicKeyCredential) {
  document.querySelectorAll("form[data-passkey]").forEach(begin);
  for (const button of document.querySelectorAll("[data-with-passkey]")) button.hidden = false;
}
