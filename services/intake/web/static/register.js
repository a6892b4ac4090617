// What makes the form of a case quicker and safer to fill in. Without it everything works by its buttons.
(() => {
  const form = document.querySelector("form.case");
  const summary = document.querySelector(".summary");
  if (summary) summary.focus();
  if (!form) return;
  if (!summary && !location.hash) (form.querySelector("input:not([type=hidden])") || form).focus();
  const kept = document.getElementById("kept");
  const alike = document.getElementById("alike");
  const sheet = document.getElementById("keys");
  const off = document.getElementById("keys-off");

  // The draft: sent a moment after the last change, one request at a time, and once more when the page is left.
  let waiting = 0, busy = false, changed = false, sending = false;
  const body = () => new URLSearchParams(new FormData(form));
  async function keep() {
    clearTimeout(waiting);
    waiting = 0;
    if (busy || sending || !changed || !form.dataset.keep) return;
    busy = true;
    changed = false;
    try {
      const answer = await fetch(form.dataset.keep, { method: "POST", body: body(), redirect: "manual" });
      if (!answer.ok) throw new Error();
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      kept.textContent = page.querySelector("[data-kept]").textContent;
      const found = page.querySelector("[data-alike]");
      if (found && alike) alike.replaceChildren(...found.childNodes);
    } catch {
      changed = true;
      kept.textContent = form.dataset.notKept;
      waiting = setTimeout(keep, 10000);
    }
    busy = false;
    if (changed && !waiting) waiting = setTimeout(keep, 1200);
  }
  form.addEventListener("input", () => {
    changed = true;
    clearTimeout(waiting);
    waiting = setTimeout(keep, 1200);
  });
  form.addEventListener("change", () => { changed = true; });
  form.addEventListener("submit", () => {
    sending = true;
    clearTimeout(waiting);
  });
  window.addEventListener("pageshow", () => { sending = false; });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && changed && !sending && form.dataset.keep) navigator.sendBeacon(form.dataset.keep, body());
  });

  // Places: what could be meant, under the field.
  form.querySelectorAll("[data-places]").forEach((list) => {
    const input = document.getElementById(list.dataset.places);
    let asked = 0;
    input.addEventListener("input", () => {
      clearTimeout(asked);
      const text = input.value.trim();
      if (text.length < 3 || text.includes(",")) { list.replaceChildren(); return; }
      asked = setTimeout(async () => {
        const ask = new URLSearchParams({ csrf_token: form.elements.csrf_token.value, q: text });
        const answer = await fetch("/lugares", { method: "POST", body: ask });
        if (!answer.ok || input.value.trim() !== text) return;
        list.replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
      }, 250);
    });
    input.addEventListener("keydown", (event) => {
      const first = list.querySelector("button");
      if (event.key === "ArrowDown" && first) { event.preventDefault(); first.focus(); }
      if (event.key === "Enter" && first) { event.preventDefault(); take(first); }
      if (event.key === "Escape") list.replaceChildren();
    });
    list.addEventListener("keydown", (event) => {
      const at = [...list.querySelectorAll("button")];
      const here = at.indexOf(document.activeElement);
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const next = here + (event.key === "ArrowDown" ? 1 : -1);
        (at[next] || input).focus();
      }
      if (event.key === "Escape") { list.replaceChildren(); input.focus(); }
    });
    [input, list].forEach((part) => part.addEventListener("focusout", (event) => {
      if (event.relatedTarget !== input && !list.contains(event.relatedTarget)) list.replaceChildren();
    }));
    list.addEventListener("click", (event) => { if (event.target.dataset.take) take(event.target); });
    function take(button) {
      input.value = button.dataset.take;
      list.replaceChildren();
      input.focus();
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });

  // Keys: inside a group only, and only where nobody has switched them off.
  if (sheet) sheet.hidden = false;
  if (off) {
    off.checked = localStorage.getItem("keys") === "off";
    off.addEventListener("change", () => localStorage.setItem("keys", off.checked ? "off" : "on"));
  }
  const answers = { s: "yes", y: "yes", n: "no", p: "declined", 0: "" };
  const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").trim().toLowerCase();
  function pick(input) {
    input.checked = true;
    input.focus();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
  function answer(group, key) {
    const radios = [...group.querySelectorAll("input")];
    const chosen = key in answers ? radios.find((one) => one.value === answers[key]) : radios[Number(key) - 1];
    if (!chosen) return false;
    pick(chosen);
    const open = [...form.querySelectorAll(".ask")].filter((one) => one.offsetParent);
    const next = open[open.indexOf(group) + 1];
    if (next) (next.querySelector("input:checked") || next.querySelector("input")).focus();
    return true;
  }
  function choose(group, key) {
    const input = group.querySelectorAll("input[type=radio]")[Number(key) - 1];
    if (input) pick(input);
    return Boolean(input);
  }
  function walk(group, key) {
    const boxes = [...group.querySelectorAll("input")];
    const here = boxes.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[key];
    const after = [...boxes.slice(here + 1), ...boxes.slice(0, here + 1)];
    const next = step ? boxes[(here + step + boxes.length) % boxes.length]
      : after.find((one) => plain(one.parentNode.textContent).startsWith(plain(key)));
    if (!next) return false;
    boxes.forEach((one) => { one.tabIndex = one === next ? 0 : -1; });
    next.focus();
    return true;
  }
  form.querySelectorAll(".tiles").forEach((group) => {
    const boxes = [...group.querySelectorAll("input")];
    if (off && off.checked) return;
    boxes.forEach((one, place) => { one.tabIndex = place ? -1 : 0; });
  });
  form.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || (off && off.checked)) return;
    if (!event.target.matches("input[type=radio], input[type=checkbox]")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const tiles = event.target.closest(".tiles");
    const ask = event.target.closest(".ask");
    let done = false;
    if (tiles && key !== " " && key !== "Tab" && (key.length === 1 || key.startsWith("Arrow"))) done = walk(tiles, key);
    else if (ask && key.length === 1) done = answer(ask, key);
    else if (/^[1-9]$/.test(key)) done = choose(event.target.closest("fieldset"), key);
    if (done) event.preventDefault();
  });

  // For a child, who answers for them is asked without being looked for.
  const birth = document.getElementById("f-person.birth");
  function openForChild() {
    const text = birth.value.trim();
    const year = text.match(/(\d{4})$/);
    const age = /^\d{1,3}$/.test(text) ? Number(text) : year ? new Date().getFullYear() - Number(year[1]) : NaN;
    form.querySelectorAll("[data-opens-for=child]").forEach((fold) => { if (age < 18) fold.open = true; });
  }
  if (birth) {
    birth.addEventListener("change", openForChild);
    openForChild();
  }

  // A link to a field that is folded away unfolds it.
  function unfold() {
    const field = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    const fold = field && field.closest("details");
    if (fold) fold.open = true;
    if (field) (field.matches("fieldset") ? field.querySelector("input") : field).focus();
  }
  window.addEventListener("hashchange", unfold);
  document.querySelectorAll(".summary a").forEach((link) => link.addEventListener("click", () => setTimeout(unfold)));
  unfold();
})();
