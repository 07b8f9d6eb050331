/* What an officer typed survives a lost signal: kept in this browser, locked with the draft's key, for a day at most.

   The key comes with the page, so only somebody who is signed in as the draft's owner has it, and it is gone with the
   draft. Everything works without this script; with it a form that finds no signal waits, and is sent when there is one. */

const PREFIX = "caseflow-draft:";
const DAY = 24 * 60 * 60 * 1000;
const AGAIN = 5000;
const SKIPPED = new Set(["form_token"]);
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));

function everyKept() {
  return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
}

/* Old ones go, and on the list of drafts those that the server does not know any more. */
function tidy(known) {
  for (const name of everyKept()) {
    let at = 0;
    try { at = JSON.parse(localStorage.getItem(name)).at; } catch { /* not ours to read: it goes */ }
    const gone = known && !known.includes(name.slice(PREFIX.length).split("/")[0]);
    if (gone || !(Date.now() - at < DAY)) localStorage.removeItem(name);
  }
}

function wipeAtSignOut() {
  for (const form of document.querySelectorAll('form[action="/sign-out"]')) {
    form.addEventListener("submit", () => everyKept().forEach((name) => localStorage.removeItem(name)));
  }
}

class Kept {
  constructor(form, key) {
    this.form = form;
    this.key = key;
    this.name = `${PREFIX}${form.dataset.cfDraft}/${form.dataset.cfStep}`;
    this.about = new TextEncoder().encode(this.name);
  }

  async keep(waiting) {
    const fields = [...new FormData(this.form)].filter(([name]) => !SKIPPED.has(name));
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify({ fields, waiting }));
    const locked = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: this.about }, this.key, plain);
    localStorage.setItem(this.name, JSON.stringify({ at: Date.now(), iv: text(iv), locked: text(locked) }));
    this.form.dataset.cfSaved = "yes";
  }

  async read() {
    const found = localStorage.getItem(this.name);
    if (!found) return null;
    try {
      const { iv, locked } = JSON.parse(found);
      const how = { name: "AES-GCM", iv: bytes(iv), additionalData: this.about };
      return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how, this.key, bytes(locked))));
    } catch {
      this.drop();
      return null;
    }
  }

  drop() {
    localStorage.removeItem(this.name);
  }

  putBack(fields) {
    const given = new Map(fields);
    for (const one of this.form.elements) {
      if (!one.name || SKIPPED.has(one.name)) continue;
      if (one.type === "radio" || one.type === "checkbox") {
        const on = given.get(one.name) === one.value;
        if (on !== one.checked) one.click(); // so that what it reveals is revealed
      } else if (one.type !== "hidden" && given.has(one.name)) one.value = given.get(one.name);
    }
  }
}

function say(what) {
  for (const one of document.querySelectorAll("[data-cf-says]")) one.hidden = one.dataset.cfSays !== what;
}

/* Sent as a browser would; the answer is followed there. Without a signal it stays kept, and is tried again. */
class Sending {
  constructor(kept) {
    this.kept = kept;
    this.form = kept.form;
    this.busy = false;
    this.again = false;
    this.timer = 0;
  }

  async go() {
    if (this.busy) return;
    this.busy = true;
    clearTimeout(this.timer);
    await this.kept.keep(true);
    try {
      const body = new URLSearchParams(new FormData(this.form));
      const answer = await fetch(this.form.action, { method: "POST", body, credentials: "same-origin" });
      if (answer.status >= 500) throw new Error("away");
      this.arrived(answer);
    } catch {
      say("waiting");
      this.timer = setTimeout(() => this.go(), AGAIN);
      this.busy = false;
    }
  }

  arrived(answer) {
    const there = new URL(answer.url);
    if (there.pathname === "/sign-in") { // signed out meanwhile: kept, and sent after signing in again
      location.assign(`/sign-in?to=${encodeURIComponent(location.pathname)}`);
    } else if (answer.redirected) {
      this.kept.drop();
      location.assign(answer.url);
    } else if (answer.status === 403 && !this.again) { // the page is older than the session: a fresh one sends it
      location.reload();
    } else { // something is wrong with it: let the browser show the page that says so
      this.kept.drop();
      this.form.submit();
    }
  }
}

async function start(form) {
  const key = await crypto.subtle.importKey("raw", bytes(form.dataset.cfKey), "AES-GCM", false, ["encrypt", "decrypt"]);
  const kept = new Kept(form, key);
  const sending = new Sending(kept);
  let typing = 0;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(typing);
    sending.go();
  });
  addEventListener("online", () => sending.timer && sending.go());
  form.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => sending.busy || kept.keep(false), 300);
  });
  const before = await kept.read();
  if (before) {
    kept.putBack(before.fields);
    if (before.waiting) {
      sending.again = true;
      sending.go();
    } else say("back");
  }
  form.dataset.cfReady = "yes";
}

const list = document.querySelector("[data-cf-drafts]");
tidy(list ? list.dataset.cfDrafts.split(" ").filter(Boolean) : null);
wipeAtSignOut();
const writing = document.querySelector("form[data-cf-draft]");
if (writing && window.isSecureContext) start(writing);
