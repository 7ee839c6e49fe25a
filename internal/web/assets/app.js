// What forms can't do by themselves: lists that follow what is typed, a plan
// that follows the choices, live progress, files dropped on a page, passkeys.
// Every page works without this file.
(() => {
  'use strict';
  const $ = (sel, from = document) => from.querySelector(sel);
  const all = (sel, from = document) => [...from.querySelectorAll(sel)];
  document.documentElement.classList.add('js');

  const typing = (e) => e && (e.matches('textarea') || e.matches('input') && !/^(radio|checkbox|submit|button|file)$/.test(e.type));

  // again finds what stands in the place of something that was replaced.
  const again = (gone) => gone.id ? document.getElementById(gone.id) : all('a[href]').find((a) => a.href === gone.href);

  // patch puts the live parts of a fetched page in the place of those here. A
  // part in which somebody types stays as it is; focus stays where it was.
  const patch = (html) => {
    const next = new DOMParser().parseFromString(html, 'text/html');
    const active = document.activeElement;
    for (const part of all('[data-part]')) {
      const fresh = next.getElementById(part.id);
      if (!fresh || part.contains(active) && typing(active)) continue;
      if (part.innerHTML !== fresh.innerHTML) part.innerHTML = fresh.innerHTML;
      part.hidden = fresh.hidden;
      part.className = fresh.className;
    }
    if (active && !active.isConnected) again(active)?.focus();
    count();
  };

  // Nothing moves while a button of the mouse is down: a click must land where it
  // was meant to.
  let down = false, calm = [];
  addEventListener('pointerdown', () => { down = true; }, true);
  for (const up of ['pointerup', 'pointercancel']) {
    addEventListener(up, () => setTimeout(() => { down = false; calm.splice(0).forEach((go) => go()); }), true);
  }
  const still = () => down ? new Promise((go) => calm.push(go)) : null;

  const load = async (url, options) => {
    const answer = await fetch(url, { ...options, headers: { 'X-Live': '1' } });
    return answer.status === 401 ? null : answer.text(); // null: the session is over
  };

  // Forms with data-live follow what is typed: the server answers the whole
  // page, and only its parts are taken.
  const follow = (form) => {
    let timer, turn = 0;
    // From the moment something changed, answers to what was asked before it are
    // old: they would take the choice back.
    const changed = (wait) => {
      turn++;
      form.classList.add('busy');
      clearTimeout(timer);
      timer = setTimeout(ask, wait);
    };
    const ask = async () => {
      clearTimeout(timer);
      const mine = ++turn;
      const data = new FormData(form);
      form.classList.add('busy');
      try {
        const get = form.method === 'get';
        const url = new URL(form.action);
        if (get) url.search = new URLSearchParams([...data].filter(([, v]) => v !== '')).toString();
        const html = await load(url, get ? {} : { method: 'POST', body: new URLSearchParams(data) });
        await still();
        if (mine !== turn) return;
        if (html === null) { form.submit(); return; } // to the door, with all that was typed
        patch(html);
        if (get) history.replaceState(null, '', url);
      } catch { /* offline: the form still works by hand */ } finally {
        if (mine === turn) form.classList.remove('busy');
      }
    };
    form.addEventListener('input', (e) => {
      if (e.target.matches('[data-still]')) return;
      changed(typing(e.target) ? 220 : 0);
    });
    form.addEventListener('change', (e) => { if (typing(e.target)) ask(); });
    form.addEventListener('click', (e) => {
      const pick = e.target.closest('button[data-fill]');
      if (!pick) return;
      e.preventDefault();
      const field = form.elements[pick.dataset.fill];
      field.value = pick.value.slice(pick.value.indexOf('=') + 1);
      ask().then(() => form.elements[pick.dataset.fill]?.focus());
    });
  };

  // Selection: the count follows the ticks, and one tick takes the whole page.
  const count = () => {
    const out = $('[data-count]'); // the number there is of those on other pages
    if (!out) return;
    const n = Number(out.dataset.count) + all('input[name=sel]').filter((i) => i.checked).length;
    out.textContent = n;
    for (const b of all('[data-needs-selection]')) b.disabled = n === 0;
  };

  document.addEventListener('change', (e) => {
    if (e.target.matches('[data-all]')) {
      for (const i of all('input[type=checkbox][name=sel]')) i.checked = e.target.checked;
    }
    if (e.target.matches('[data-submit]')) e.target.form.requestSubmit();
    count();
  });

  // A second click on the same button sends nothing.
  document.addEventListener('submit', (e) => {
    if (e.target.matches('[data-once]')) {
      if (e.target.dataset.sent) { e.preventDefault(); return; }
      e.target.dataset.sent = '1';
    }
  });
  addEventListener('pageshow', () => { for (const f of all('[data-sent]')) delete f.dataset.sent; count(); });

  // Live progress: each event says that something moved; the page is asked again.
  const watch = (at) => {
    const events = new EventSource(at.dataset.events);
    let asking = false, again = false;
    const refresh = async () => {
      if (asking) { again = true; return; }
      asking = true;
      try {
        const html = await load(location.href, {});
        await still();
        if (html === null) location.reload(); else patch(html);
      } catch { again = false; }
      asking = false;
      if (again) { again = false; refresh(); }
    };
    events.addEventListener('progress', refresh);
    events.addEventListener('end', () => { events.close(); refresh(); });
  };

  const drop = (zone) => {
    const input = $('input[type=file]', zone);
    const over = (on) => (e) => { e.preventDefault(); zone.classList.toggle('over', on); };
    zone.addEventListener('dragover', over(true));
    zone.addEventListener('dragleave', over(false));
    zone.addEventListener('drop', (e) => { over(false)(e); input.files = e.dataTransfer.files; input.form.requestSubmit(); });
    input.addEventListener('change', () => { if (input.files.length) input.form.requestSubmit(); });
  };

  // Passkeys.
  const passkey = (form) => {
    const options = JSON.parse(form.dataset.passkey);
    form.addEventListener('submit', async (e) => {
      if (form.elements.answer.value) return;
      e.preventDefault();
      try {
        const made = form.dataset.passkeyNew !== undefined
          ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey) })
          : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey) });
        form.elements.answer.value = JSON.stringify(made.toJSON());
        form.submit();
      } catch { $('[data-passkey-failed]', form).hidden = false; delete form.dataset.sent; }
    });
  };

  // The page one is on stands in sight where the menu is a strip.
  for (const here of all('.menu [aria-current]')) {
    const strip = here.parentElement;
    strip.scrollLeft = here.offsetLeft - (strip.clientWidth - here.offsetWidth) / 2;
  }

  all('form[data-live]').forEach(follow);
  all('[data-events]').forEach(watch);
  all('[data-drop]').forEach(drop);
  all('form[data-passkey]').forEach(passkey);
  all('[data-print]').forEach((b) => b.addEventListener('click', () => print()));
  count();
})();
