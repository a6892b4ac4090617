// Locks this page on F9, and when nobody has touched it for some minutes. What was typed goes along to the server,
// which seals it for its owner. Without this script the button of the header does the same, but for the typing.
(() => {
  const lock = document.getElementById("lock");
  if (!lock) return;
  const idle = Number(lock.dataset.idle) * 60000;
  let touched = Date.now();
  let edited = null;

  const go = () => {
    for (const [name, value] of edited ? new FormData(edited) : []) {
      if (typeof value !== "string" || name === "csrf_token" || name === "next") continue;
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = name;
      field.value = value;
      lock.append(field);
    }
    lock.submit();
  };

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form !== lock && form.closest("main")) edited = form;
  });
  for (const kind of ["pointerdown", "pointermove", "keydown", "scroll"]) {
    document.addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "F9" || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    go();
  });
  // a machine that slept wakes here as well
  setInterval(() => { if (Date.now() - touched >= idle) go(); }, 5000);
})();
